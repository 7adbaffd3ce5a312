// The board's map: the net in quiet colours, over it what is significant, what is open, or the heat; a click opens.
import type { GeoJSONSource, ImageSource, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { netTiles } from "../map/asof";
import { canDraw, createMap, type NetMap, sayCannotDraw } from "../map/create";
import { approvalWords } from "../map/foot";
import { palette, type Palette } from "../map/palette";
import { pick } from "../map/pick";
import { mapStyle } from "../map/style";
import { h } from "../ui/dom";
import type { Box, MapInfo } from "../wire";
import { addSilentImage, boardColours, boardLayers, DOTS, HEAT, SHAPES } from "./marks";
import type { HeatTold, MapTold } from "./wire";

type Shown = { kind: "shapes"; told: MapTold } | { kind: "heat"; told: HeatTold; picture: string };
const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

export interface BoardMap {
  show: (shown: Shown) => void;
  /** Mark a unit as open, "" for none. */
  mark: (id: string) => void;
  fly: (box: Box) => void;
  home: () => void;
}

/** Draw it into `place`; null where this browser cannot. */
export function boardMap(place: HTMLElement, info: MapInfo, choose: (id: string) => void): BoardMap | null {
  if (!canDraw()) {
    sayCannotDraw(place);
    return null;
  }
  const style = (colours: Palette) => quiet(mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox }));
  const show = info.scope_bbox ?? info.county.bbox;
  const map = createMap({ container: place, style, lock: info.county.bbox, show, room: place.clientWidth < 600 ? { left: 10, right: 10, top: 12, bottom: 34 } : { left: 24, right: 24, top: 24, bottom: 40 } });
  place.parentElement?.append(h("p", { class: "board-approval foot-line" }, approvalWords(info, null)));
  let shown: Shown | null = null;
  let open = "";
  const ready = () => {
    const own = boardColours();
    addSilentImage(map, own);
    for (const id of [SHAPES, DOTS]) map.addSource(id, { type: "geojson", data: NOTHING });
    // Names stay readable: what has colour lies below the first of them.
    const names = map.getStyle().layers.find(({ type }) => type === "symbol")?.id;
    for (const layer of boardLayers(palette(), own)) map.addLayer(layer, layer.type === "fill" ? names : undefined);
    if (shown) draw(map, shown);
    mark(map, open);
  };
  map.on("style.load", ready);
  map.on("click", ({ point }) => {
    const id = unitAt(map, point) ?? pick(map, point)?.id;
    if (id) choose(id);
  });
  map.on("mousemove", ({ point }) => (map.getCanvas().style.cursor = unitAt(map, point) ? "pointer" : ""));
  return {
    show: (next) => {
      shown = next;
      if (map.getSource(SHAPES)) draw(map, next);
    },
    mark: (id) => {
      open = id;
      mark(map, id);
    },
    fly: (box) => void map.fitBounds(box, { padding: room(map), maxZoom: 15.5, duration: 600, essential: false }),
    home: () => {
      if (show) map.fitBounds(show, { padding: { left: 10, right: 10, top: 12, bottom: 34 }, duration: 400, essential: false });
    },
  };
}

// Homes, fills and counts of the net are another page's matter: here only what needs a person stands out.
function quiet(style: StyleSpecification): StyleSpecification {
  // Counts stand where names do, so names step aside.
  const aside = (layer: LayerSpecification): LayerSpecification =>
    layer.type === "symbol" && /^(town|village)-label/.test(layer.id) ? { ...layer, layout: { ...layer.layout, "text-offset": [0, 1.2] } } : layer;
  return { ...style, layers: style.layers.map(aside).filter(({ id }) => !/^(home|lin-label|lin-broken|pian-fill|(pian|zu|lin)-(label|name|count))/.test(id)) };
}

function room(map: NetMap): { left: number; right: number; top: number; bottom: number } {
  const wide = map.getContainer().clientWidth;
  return { left: 40, top: 40, right: wide > 900 ? 430 : 40, bottom: wide > 900 ? 40 : 180 };
}

function mark(map: NetMap, id: string): void {
  if (map.getLayer("board-open")) map.setFilter("board-open", ["==", ["get", "id"], id]);
}

function draw(map: NetMap, shown: Shown): void {
  const heat = shown.kind === "heat";
  (map.getSource(SHAPES) as GeoJSONSource).setData(heat ? NOTHING : shown.told.shapes);
  (map.getSource(DOTS) as GeoJSONSource).setData(heat ? NOTHING : (shown.told.dots ?? NOTHING));
  if (!heat || !shown.told.corners) {
    if (map.getLayer(HEAT)) map.removeLayer(HEAT);
    if (map.getSource(HEAT)) map.removeSource(HEAT);
    return;
  }
  const image = { url: shown.picture, coordinates: shown.told.corners };
  const source = map.getSource(HEAT) as ImageSource | undefined;
  if (source) return void source.updateImage(image);
  map.addSource(HEAT, { type: "image", ...image });
  map.addLayer({ id: HEAT, type: "raster", source: HEAT, paint: { "raster-fade-duration": 0 } }, "board-fill");
}

function unitAt(map: NetMap, { x, y }: { x: number; y: number }): string | null {
  const layers = ["board-dot", "board-fill", "board-silent"].filter((id) => map.getLayer(id));
  if (layers.length === 0) return null;
  const found = map.queryRenderedFeatures([[x - 5, y - 5], [x + 5, y + 5]], { layers });
  const id: unknown = found[0]?.properties["id"];
  return typeof id === "string" && !id.includes(":") ? id : null;
}
