// Measuring on the map: click points; the length or the area, on the ellipsoid, is told beside the map as it grows.
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { GeoJSONSource, LayerSpecification, MapMouseEvent } from "maplibre-gl";
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { area, length } from "../ui/format";
import { icon } from "../ui/icons";
import type { NetMap } from "./create";
import type { LonLat } from "./geodesy";
import { palette } from "./palette";

export type MeasureKind = "length" | "area";
const SOURCE = "measure";

export interface Measure {
  /** The tool in hand, or null. */
  kind: () => MeasureKind | null;
  start: (kind: MeasureKind) => Promise<void>;
  stop: () => void;
}

/** Give the map its measuring tools; `place` shows the result, `changed` is told when a tool is taken or put away. */
export function addMeasure(map: NetMap, place: HTMLElement, changed: () => void): Measure {
  let kind: MeasureKind | null = null;
  let points: LonLat[] = [];
  let geodesy: typeof import("./geodesy") | null = null;

  const draw = () => {
    showShape(map, points, kind);
    if (geodesy) fill(place, ...(kind ? [panel(geodesy, kind, points, undo, stop)] : []));
  };
  const undo = () => {
    points = points.slice(0, -1);
    draw();
  };
  const stop = () => {
    if (!kind) return;
    kind = null;
    points = [];
    draw();
    map.doubleClickZoom.enable();
    map.getCanvas().style.cursor = "";
    changed();
  };
  const start = async (wanted: MeasureKind) => {
    geodesy ??= await import("./geodesy");
    kind = wanted;
    points = [];
    map.doubleClickZoom.disable();
    map.getCanvas().style.cursor = "crosshair";
    draw();
    changed();
  };
  map.on("click", ({ lngLat }: MapMouseEvent) => {
    if (!kind) return;
    points = [...points, [lngLat.lng, lngLat.lat]];
    draw();
  });
  map.on("style.load", () => kind && draw());
  document.addEventListener("keydown", ({ key }) => {
    if (!kind) return;
    if (key === "Escape") stop();
    if (key === "Backspace") undo();
  });
  return { kind: () => kind, start, stop };
}

function panel(
  geodesy: typeof import("./geodesy"),
  kind: MeasureKind,
  points: LonLat[],
  undo: () => void,
  stop: () => void,
): HTMLElement {
  const least = kind === "length" ? 2 : 3;
  const told = points.length < least ? t(`measure.${kind}_how`) : result(geodesy, kind, points);
  return h(
    "div",
    { class: "measure-panel", role: "status" },
    icon(kind === "length" ? "ruler" : "area"),
    h("output", {}, told),
    h("button", { type: "button", class: "quiet", onclick: undo, "aria-label": t("measure.undo"), title: t("measure.undo") }, icon("undo")),
    h("button", { type: "button", class: "quiet", onclick: stop, "aria-label": t("measure.stop"), title: t("measure.stop") }, icon("close")),
  );
}

function result({ lineLength_m, ring }: typeof import("./geodesy"), kind: MeasureKind, points: LonLat[]): string {
  if (kind === "length") return t("measure.length_is", { length: length(lineLength_m(points)) });
  const { area_m2, perimeter_m } = ring(points);
  return t("measure.area_is", { area: area(area_m2), perimeter: length(perimeter_m) });
}

function showShape(map: NetMap, points: LonLat[], kind: MeasureKind | null): void {
  if (!map.getSource(SOURCE)) {
    map.addSource(SOURCE, { type: "geojson", data: shape([], null) });
    layers().forEach((layer) => map.addLayer(layer));
  }
  map.getSource<GeoJSONSource>(SOURCE)?.setData(shape(points, kind));
}

function shape(points: LonLat[], kind: MeasureKind | null): FeatureCollection {
  const at = points.map(([lon, lat]) => [lon, lat]);
  const features: Feature[] = at.map((coordinates) => feature({ type: "Point", coordinates }));
  if (at.length > 1) features.push(feature({ type: "LineString", coordinates: at }));
  if (kind === "area" && at.length > 2) {
    features.push(feature({ type: "Polygon", coordinates: [[...at, at[0] ?? []]] }));
  }
  return { type: "FeatureCollection", features };
}

function feature(geometry: Geometry): Feature {
  return { type: "Feature", properties: {}, geometry };
}

function layers(): LayerSpecification[] {
  const { accent, halo } = palette();
  const of = (type: string) => ["==", ["geometry-type"], type] as ["==", unknown, unknown];
  return [
    {
      id: "measure-fill",
      type: "fill",
      source: SOURCE,
      filter: of("Polygon") as never,
      paint: { "fill-color": accent, "fill-opacity": 0.18 },
    },
    {
      id: "measure-line",
      type: "line",
      source: SOURCE,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": accent, "line-width": 2.5, "line-dasharray": [2, 1.6] },
    },
    {
      id: "measure-point",
      type: "circle",
      source: SOURCE,
      filter: of("Point") as never,
      paint: { "circle-radius": 4.5, "circle-color": halo, "circle-stroke-color": accent, "circle-stroke-width": 2 },
    },
  ];
}
