// The style of the redrawing map: near-white paper, soft 片 fills, thin 组 lines, hairline 邻 with their counts.
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { baseLayers, baseSources, type ReadyBase } from "../map/base";
import { HATCH } from "../map/layers";
import type { Palette } from "../map/palette";
import type { FeatureCollection } from "geojson";

export const SOURCES = ["units", "labels", "homes", "lines", "locks"] as const;
export type SourceName = (typeof SOURCES)[number];
export const LOCKED = "locked";
export const LOCK_SIGN = "lock-sign";

/** Eight hues that stay apart for colour-blind eyes (after Okabe and Ito, 2008), with two more from the page's own. */
export const HOME_TINTS = ["#0072b2", "#d55e00", "#009e73", "#a0307a", "#8a6d00", "#3f4fb5", "#9c2f2f", "#1b7f95"];

const chosen: ExpressionSpecification = ["boolean", ["feature-state", "chosen"], false];
const hovered: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];
const level = (name: string): ExpressionSpecification => ["==", ["get", "level"], name];
const leaf: ExpressionSpecification = ["boolean", ["get", "leaf"], false];

function byZoom(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

/** Give the style over a base layer (or none), with the data as they are now. */
export function drawStyle(colours: Palette, base: ReadyBase | null, data: Record<SourceName, FeatureCollection>): StyleSpecification {
  const sources: Record<string, SourceSpecification> = base ? baseSources(base) : {};
  for (const name of SOURCES) {
    // No simplifying: what is drawn is what a hand takes hold of.
    sources[name] = { type: "geojson", data: data[name], promoteId: "id", tolerance: 0.1, buffer: 64, maxzoom: 18 };
  }
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.outside } },
      ...(base ? baseLayers(base, colours) : []),
      ...grounds(colours, base !== null),
      ...barriers(colours),
      ...borders(colours),
      ...homes(colours),
      ...words(colours),
    ],
  };
}

function grounds(colours: Palette, overBase: boolean): LayerSpecification[] {
  const fills = colours.fills.flatMap((colour, index) => [index, colour]);
  const soft = ["match", ["get", "fill"], ...fills, colours.land] as unknown as ExpressionSpecification;
  const fill = (id: string, filter: ExpressionSpecification, paint: object): LayerSpecification =>
    ({ id, type: "fill", source: "units", filter, paint }) as LayerSpecification;
  return [
    fill("village-ground", level("village"), { "fill-color": colours.land, "fill-opacity": overBase ? 0 : 1 }),
    fill("leaf-fill", leaf, { "fill-color": soft, "fill-opacity": overBase ? 0.45 : 1, "fill-antialias": false }),
    fill("leaf-broken", ["all", leaf, ["==", ["get", "state"], "broken"]], { "fill-pattern": HATCH }),
    fill("unit-locked", ["boolean", ["get", "locked"], false], { "fill-pattern": LOCKED }),
    fill("unit-touch", ["!=", ["get", "level"], "village"], {
      "fill-color": colours.accent,
      "fill-opacity": ["case", chosen, 0.16, hovered, 0.08, 0],
    }),
  ];
}

function barriers(colours: Palette): LayerSpecification[] {
  const layer = (id: string, kinds: string[], paint: object): LayerSpecification =>
    ({
      id,
      type: "line",
      source: "lines",
      filter: ["in", ["get", "kind"], ["literal", kinds]],
      layout: { "line-join": "round", "line-cap": "round" },
      paint,
    }) as LayerSpecification;
  return [
    layer("line-water", ["river", "water", "stream", "canal"], { "line-color": colours.water, "line-width": byZoom(12, 1.6, 17, 7) }),
    layer("line-road", ["road", "main_road", "highway", "motorway"], { "line-color": colours.road, "line-width": byZoom(12, 1, 17, 4) }),
    layer("line-rail", ["railway", "rail"], { "line-color": colours.rail, "line-width": byZoom(12, 1, 17, 2.6), "line-dasharray": [4, 2.5] }),
  ];
}

function borders(colours: Palette): LayerSpecification[] {
  const line = (id: string, filter: ExpressionSpecification, paint: object): LayerSpecification =>
    ({ id, type: "line", source: "units", filter, layout: { "line-join": "round", "line-cap": "round" }, paint }) as LayerSpecification;
  return [
    line("leaf-line", leaf, { "line-color": colours.lin, "line-width": byZoom(12, 0.3, 16, 1, 18, 1.4) }),
    line("zu-line", level("zu"), { "line-color": colours.zu, "line-width": byZoom(11, 0.5, 14, 1.4, 17, 2.2) }),
    line("pian-line", level("pian"), { "line-color": colours.pian, "line-width": byZoom(10, 0.8, 14, 2, 17, 3) }),
    line("leaf-broken-line", ["all", leaf, ["==", ["get", "state"], "broken"]], { "line-color": colours.red, "line-width": byZoom(13, 1, 16, 2) }),
    line("village-line", level("village"), { "line-color": colours.village, "line-width": byZoom(11, 1.2, 15, 3) }),
    {
      id: "lock-line",
      type: "line",
      source: "locks",
      layout: { "line-join": "round", "line-cap": "butt" },
      paint: { "line-color": colours.ink, "line-width": byZoom(12, 2, 17, 5), "line-dasharray": [1.2, 0.8] },
    } as LayerSpecification,
    line("unit-chosen", ["!=", ["get", "level"], "village"], {
      "line-color": colours.accent,
      "line-width": byZoom(12, 2, 16, 3.2),
      "line-opacity": ["case", chosen, 1, 0],
    }),
  ];
}

/** The colour of a home's dot: plain, or by its 邻 while homes are painted. */
export function homeColour(colours: Palette, painting: boolean): ExpressionSpecification | string {
  if (!painting) return colours.home;
  const tints = HOME_TINTS.flatMap((colour, index) => [index, colour]);
  return ["match", ["get", "tint"], ...tints, colours.home] as unknown as ExpressionSpecification;
}

/** How large a dot is at a zoom, in pixels: the overlay draws painted homes over it. */
export function homeRadius(zoom: number): number {
  return zoom <= 13 ? 1.6 : zoom >= 18 ? 7.5 : 1.6 + ((zoom - 13) / 5) * 5.9;
}

function homes(colours: Palette): LayerSpecification[] {
  const grown: ExpressionSpecification = ["case", [">", ["get", "stack"], 1], 1.6, 1];
  const radius = ["interpolate", ["linear"], ["zoom"], 13, ["*", 1.6, grown], 18, ["*", 7.5, grown]] as unknown as ExpressionSpecification;
  return [
    {
      id: "home",
      type: "circle",
      source: "homes",
      minzoom: 13,
      paint: {
        "circle-color": homeColour(colours, false),
        "circle-radius": radius,
        "circle-stroke-color": colours.homeRing,
        "circle-stroke-width": byZoom(14, 0.6, 17, 1.2),
      },
    } as LayerSpecification,
  ];
}

function words(colours: Palette): LayerSpecification[] {
  const colour = ["match", ["get", "state"], "broken", colours.red, "near", colours.amber, colours.muted] as unknown as ExpressionSpecification;
  const text = (id: string, zooms: [number, number], filter: ExpressionSpecification, layout: object, paint: object = {}): LayerSpecification =>
    ({
      id,
      type: "symbol",
      source: "labels",
      minzoom: zooms[0],
      maxzoom: zooms[1],
      filter,
      layout: { "text-padding": 3, "text-variable-anchor": ["center", "top", "bottom"], "text-radial-offset": 0.8, "text-max-width": 8, "text-font": ["Regular"], ...layout },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4, ...paint },
    }) as LayerSpecification;
  const count = {
    "text-font": ["Bold"],
    "text-size": byZoom(13, 11, 16, 15),
    "icon-image": ["case", ["boolean", ["get", "locked"], false], LOCK_SIGN, ""],
    "icon-anchor": "bottom",
    "icon-offset": [0, -10],
    "icon-optional": true,
    "symbol-sort-key": ["match", ["get", "state"], "broken", 0, "near", 1, 2],
  };
  // A 组 or 片 of one 邻 has its place where the count stands: its name goes above or below.
  const aside = { "text-radial-offset": 1.4 };
  const named = ["format", ["get", "count"], {}, "\n", {}, ["get", "name"], { "font-scale": 0.72 }];
  // What stands last is placed first: every count has its place before the names of 组 and 片 look for theirs.
  return [
    text("zu-name", [12, 24], ["all", level("zu"), ["!", leaf]], { ...aside, "text-field": ["get", "name"], "text-size": byZoom(12, 11, 15, 13.5) }),
    text("pian-name", [10, 14.6], ["all", level("pian"), ["!", leaf]], { ...aside, "text-field": ["get", "name"], "text-size": byZoom(11, 12, 14, 16), "text-font": ["Bold"] }),
    text("leaf-count", [12.5, 16.4], leaf, { ...count, "text-field": ["get", "count"] }, { "text-color": colour }),
    text("leaf-name", [16.4, 24], leaf, { ...count, "text-field": named }, { "text-color": colour }),
    {
      id: "home-stack",
      type: "symbol",
      source: "homes",
      minzoom: 16,
      filter: [">", ["get", "stack"], 1],
      layout: { "text-field": ["to-string", ["get", "stack"]], "text-font": ["Bold"], "text-size": byZoom(16, 9.5, 18, 14), "text-allow-overlap": true },
      paint: { "text-color": colours.homeRing },
    } as LayerSpecification,
  ];
}
