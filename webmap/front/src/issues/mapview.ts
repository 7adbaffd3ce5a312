// The query on the map: a dot an issue, a ring that breathes around what is overdue; a click opens.
import { type ExpressionSpecification, type GeoJSONSource, type MapGeoJSONFeature, Popup, type StyleSpecification } from "maplibre-gl";
import { ask } from "../api";
import { sayW, w } from "../i18n/issues";
import { netTiles } from "../map/asof";
import { boxAround } from "../map/bounds";
import { canDraw, createMap, type NetMap, sayCannotDraw } from "../map/create";
import { approvalWords } from "../map/foot";
import { watchLeaving } from "../map/leaving";
import { palette, type Palette } from "../map/palette";
import { mapStyle } from "../map/style";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Box, MapInfo, Place } from "../wire";
import { dotOf, drawDot } from "./dots";
import { stateShape } from "./marks";
import { askPath, type Query } from "./wanted";
import { type PointProperties, type Points, type State, STATES } from "./wire";

const SOURCE = "issues";
const BREATH_MS = 1100;
const NOTHING: Points = { type: "FeatureCollection", features: [] };
const BY_ZOOM: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 8, 0.5, 12, 0.72, 15, 1];

export interface MapViewWish {
  info: MapInfo;
  open: (id: string) => void;
  totals: (total: number, late: number) => void;
  /** The map has left the page and is gone. */
  left: () => void;
}

export interface IssueMap {
  /** Show what a query finds; the view moves there when asked to, or the first time. */
  show: (query: Query, fit: boolean) => Promise<void>;
  mark: (id: string) => void;
}

/** Draw the map into a box that is on the page. */
export function issueMap(box: HTMLElement, wish: MapViewWish): IssueMap | null {
  const place = h("div", { class: "map", id: "map" });
  fill(box, place);
  if (!canDraw()) {
    sayCannotDraw(place);
    return null;
  }
  const { info } = wish;
  const style = (colours: Palette) => quiet(mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox }));
  const map = createMap({ container: place, style, lock: info.county.bbox, show: info.scope_bbox ?? info.county.bbox });
  watchLeaving(box, () => {
    map.remove();
    wish.left();
  });
  const layer = dots(map);
  let points = NOTHING;
  let asked = 0;
  const told = h("p", { class: "map-told", role: "status" });
  const fit = h("button", { type: "button", class: "button", onclick: () => fitTo(map, points) }, icon("extent"), w("map.fit"));
  box.append(h("div", { class: "map-over" }, fit, told), legend(), h("p", { class: "posts-approval foot-line" }, approvalWords(info, null)), h("p", { class: "reader" }, w("map.as_list")));
  clicks(map, wish.open);
  return {
    show: async (query, move) => {
      asked += 1;
      const mine = asked;
      try {
        const found = await ask<Points>(askPath("points", query));
        if (mine !== asked) return;
        points = found;
        layer.set(points);
        if (move) fitTo(map, points);
        const late = points.features.filter(({ properties }) => properties.late).length;
        wish.totals(points.features.length + (points.more ?? 0), late);
        told.textContent = points.more ? w("map.more", { n: whole(points.more) }) : points.features.length === 0 ? w("map.none") : "";
      } catch (error) {
        tellError(error);
      }
    },
    mark: (id) => layer.mark(id),
  };
}

// Homes and the counts of the net are another page's matter: here only what was raised stands out.
function quiet(style: StyleSpecification): StyleSpecification {
  return { ...style, layers: style.layers.filter(({ id }) => !/^(home|lin-label|lin-broken)/.test(id)) };
}

function fitTo(map: NetMap, { features }: Points): void {
  const box = boxAround(features.map(({ geometry }) => geometry.coordinates));
  if (box) map.fitBounds(box as Box, { padding: 60, maxZoom: 16, duration: 500, essential: false });
}

interface Dots {
  set: (points: Points) => void;
  mark: (id: string) => void;
}

// What is drawn stays on through a change of theme; pictures are made when the map first asks for them.
function dots(map: NetMap): Dots {
  let points = NOTHING;
  let open = "";
  const draw = () => {
    const source = map.getSource(SOURCE) as GeoJSONSource | undefined;
    if (source) return void source.setData(points as GeoJSON.FeatureCollection);
    map.addSource(SOURCE, { type: "geojson", data: points as GeoJSON.FeatureCollection });
    for (const layer of layers(palette(), open)) map.addLayer(layer);
  };
  map.on("style.load", draw);
  map.setMissingStyleImageResolver((id) => {
    const dot = dotOf(id);
    const image = dot && drawDot(dot, palette());
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: 2 });
  });
  breathe(map);
  return {
    set: (next) => {
      points = next;
      if (map.isStyleLoaded() || map.getSource(SOURCE)) draw();
    },
    mark: (id) => {
      open = id;
      if (map.getLayer("issue-open")) map.setFilter("issue-open", ["==", ["get", "id"], id]);
    },
  };
}

function layers(colours: Palette, open: string): Parameters<NetMap["addLayer"]>[0][] {
  const ring = { type: "circle", source: SOURCE } as const;
  return [
    {
      ...ring,
      id: "issue-late",
      filter: ["==", ["get", "late"], true],
      paint: { "circle-radius": 14, "circle-opacity": 0, "circle-stroke-color": colours.red, "circle-stroke-width": 2.5, "circle-radius-transition": { duration: BREATH_MS, delay: 0 } },
    },
    { ...ring, id: "issue-open", filter: ["==", ["get", "id"], open], paint: { "circle-radius": 18, "circle-color": colours.accent, "circle-opacity": 0.25, "circle-stroke-color": colours.ink, "circle-stroke-width": 2 } },
    {
      id: "issue-dot",
      type: "symbol",
      source: SOURCE,
      layout: { "icon-image": ["concat", "issue-", ["get", "state"], "-", ["get", "symbol"]], "icon-size": BY_ZOOM, "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
  ];
}

// The ring around what is overdue grows and shrinks; it stands still for who asked for less motion, or looks elsewhere.
function breathe(map: NetMap): void {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let wide = false;
  const timer = window.setInterval(() => {
    if (document.hidden || !map.getLayer("issue-late")) return;
    wide = !wide;
    map.setPaintProperty("issue-late", "circle-radius", wide ? 19 : 14);
  }, BREATH_MS);
  map.on("remove", () => window.clearInterval(timer));
}

// Several issues at one spot are offered by name.
function clicks(map: NetMap, open: (id: string) => void): void {
  const at = (point: { x: number; y: number }) => {
    if (!map.getLayer("issue-dot")) return [];
    const found = map.queryRenderedFeatures([[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]], { layers: ["issue-dot"] });
    return [...new Map(found.map((one) => [String(one.properties["id"]), one])).values()];
  };
  map.on("mousemove", ({ point }) => (map.getCanvas().style.cursor = at(point).length > 0 ? "pointer" : ""));
  map.on("click", ({ point, lngLat }) => {
    const found = at(point);
    if (found.length === 1) return open(String(found[0]?.properties["id"]));
    if (found.length > 1) offer(map, [lngLat.lng, lngLat.lat], found, open);
  });
}

function offer(map: NetMap, place: Place, found: MapGeoJSONFeature[], open: (id: string) => void): void {
  const rows = found.slice(0, 12).map(({ properties }) => {
    const { id, number, name, state, late } = properties as PointProperties;
    const take = () => {
      popup.remove();
      open(id);
    };
    return h("li", {}, h("button", { type: "button", class: "link row tight", onclick: take }, stateShape(state, late), `${name} ${number}`));
  });
  const popup = new Popup({ closeButton: false, maxWidth: "280px" }).setLngLat(place).setDOMContent(h("div", { class: "map-offer" }, h("p", { class: "small muted" }, w("map.here", { n: found.length })), h("ul", {}, ...rows))).addTo(map);
}

function legend(): HTMLElement {
  const shown: State[] = STATES.filter((state) => !["merged", "withdrawn"].includes(state));
  const rows = shown.map((state) => h("li", {}, stateShape(state), h("span", {}, sayW("state", state))));
  const late = h("li", {}, stateShape("waiting", true), h("span", {}, w("map.late")));
  const wide = window.matchMedia("(min-width: 1000px)").matches;
  return h("details", { class: "issue-legend", open: wide }, h("summary", {}, w("map.legend")), h("ul", {}, ...rows, late));
}
