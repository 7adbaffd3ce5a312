// The field app's map, drawn from what the phone holds: borders, homes, issues. It needs no tile and no signal.
import { type GeoJSONSource, Map as NetMap, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import { f } from "../i18n/field";
import { t } from "../i18n/index";
import { palette, type Palette } from "../map/palette";
import { meta } from "../pagedata";
import { h } from "../ui/dom";
import type { Place } from "../wire";
import { boxOf } from "./ground";
import type { Matter } from "./merge";
import type { FieldHome, FieldUnit } from "./wire";

export interface Content {
  units: readonly FieldUnit[];
  homes: readonly FieldHome[];
  matters: readonly Matter[];
}

const FONTS = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
const SOURCES = ["units", "homes", "matters"] as const;

let shown: NetMap | null = null;

/** Draw it into an element, showing a box (west, south, east, north). */
export function draw(element: HTMLElement, content: Content, box: [number, number, number, number] | null): void {
  shown?.remove();
  shown = made(element, content, box);
}

/** Show what has changed since. */
export function update(content: Content): void {
  if (!shown?.isStyleLoaded()) return;
  const data = dataOf(content);
  for (const name of SOURCES) shown.getSource<GeoJSONSource>(name)?.setData(data[name]);
}

function made(container: HTMLElement, content: Content, box: [number, number, number, number] | null): NetMap {
  setWorkerUrl(new URL(meta("worker-url"), location.href).href);
  const map = new NetMap({
    container,
    style: styleOf(content, palette()),
    ...(box ? { bounds: box, fitBoundsOptions: { padding: 16, maxZoom: 18 } } : {}),
    maxPitch: 0,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    renderWorldCopies: false,
    localIdeographFontFamily: FONTS,
    fadeDuration: 0,
    locale: { "Map.Title": t("map.title") },
  });
  map.touchZoomRotate.disableRotation();
  return map;
}

type Collection = { type: "FeatureCollection"; features: { type: "Feature"; geometry: GeoJSON.Geometry; properties: Record<string, string | number> }[] };

function dataOf({ units, homes, matters }: Content): Record<(typeof SOURCES)[number], Collection> {
  const point = (lon: number, lat: number): GeoJSON.Geometry => ({ type: "Point", coordinates: [lon, lat] });
  return {
    units: collection(units.filter(({ border }) => border).map((one) => [one.border as GeoJSON.Geometry, { level: one.level, name: one.name, homes: one.homes }])),
    homes: collection(homes.map((one) => [point(one.lon, one.lat), { state: one.state }])),
    matters: collection(matters.map((one) => [point(one.lon, one.lat), { late: Number(one.late) }])),
  };
}

function collection(rows: [GeoJSON.Geometry, Record<string, string | number>][]): Collection {
  return { type: "FeatureCollection", features: rows.map(([geometry, properties]) => ({ type: "Feature", geometry, properties })) };
}

function styleOf(content: Content, colours: Palette): StyleSpecification {
  const data = dataOf(content);
  const source = (name: (typeof SOURCES)[number]) => ({ type: "geojson", data: data[name], maxzoom: 16 }) as const;
  const level = (one: string) => ["==", ["get", "level"], one] as never;
  const border = (one: string, colour: string, width: number) => ({ id: one, type: "line", source: "units", filter: level(one), paint: { "line-color": colour, "line-width": width } }) as const;
  return {
    version: 8,
    sources: { units: source("units"), homes: source("homes"), matters: source("matters") },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.outside } },
      { id: "land", type: "fill", source: "units", filter: ["in", ["get", "level"], ["literal", ["lin", "zu", "pian", "village"]]], paint: { "fill-color": colours.land } },
      border("lin", colours.lin, 1),
      border("zu", colours.zu, 1.8),
      border("pian", colours.pian, 2.2),
      border("village", colours.village, 3),
      // Due or overdue is filled, visited is a ring.
      { id: "homes", type: "circle", source: "homes", paint: { "circle-radius": 4.5, "circle-color": ["match", ["get", "state"], "done", colours.homeRing, "overdue", colours.amber, colours.home], "circle-stroke-color": colours.home, "circle-stroke-width": 1.2 } },
      { id: "matters", type: "circle", source: "matters", paint: { "circle-radius": 8, "circle-color": ["case", ["==", ["get", "late"], 1], colours.red, colours.accent], "circle-stroke-color": colours.halo, "circle-stroke-width": 2 } },
      { id: "names", type: "symbol", source: "units", minzoom: 14, filter: level("lin"), layout: { "text-field": ["get", "name"], "text-font": ["Regular"], "text-size": 14 }, paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6 } },
    ],
  };
}

/** Ask for a place: the map is dragged under a mark that stays. Gives null when left. */
export function pick(content: Content, begin: Place | null): Promise<Place | null> {
  return new Promise((resolve) => {
    const canvas = h("div", { class: "pin-map" });
    const done = (place: Place | null) => {
      map.remove();
      dialog.close();
      dialog.remove();
      resolve(place);
    };
    const use = () => {
      const { lng, lat } = map.getCenter();
      done([Math.round(lng * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]);
    };
    const dialog = h(
      "dialog",
      { class: "pin-dialog", "aria-label": f("pin.title") },
      h("p", { class: "pin-title" }, f("pin.title")),
      h("div", { class: "pin-stage" }, canvas, h("span", { class: "pin-mark", "aria-hidden": "true" })),
      h("div", { class: "pin-acts" }, h("button", { type: "button", class: "button", onclick: () => done(null) }, t("cancel")), h("button", { type: "button", class: "button primary", onclick: use }, f("pin.use"))),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    const map = made(canvas, content, begin ? [begin[0] - 0.001, begin[1] - 0.001, begin[0] + 0.001, begin[1] + 0.001] : boxOf(content.units.filter(({ level }) => level === "lin" || level === "village")));
  });
}
