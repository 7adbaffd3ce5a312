// A plan's revision or the net in force as a picture: drawn in the net's own manner from a content, to be looked at only.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { HATCH } from "../../map/layers";
import type { Palette } from "../../map/palette";
import type { DrawUnit, PlanContent } from "../../wire";

type Features = GeoJSON.FeatureCollection;

const WATER = ["river", "water", "stream", "canal"];
const RAIL = ["railway", "rail"];

/** Give the style that draws a content. */
export function pictureStyle(content: PlanContent, colours: Palette): StyleSpecification {
  return {
    version: 8,
    sources: {
      units: { type: "geojson", data: grounds(content) },
      words: { type: "geojson", data: labels(content) },
      homes: { type: "geojson", data: homes(content) },
      lines: { type: "geojson", data: lines(content) },
    },
    layers: [
      { id: "outside", type: "background", paint: { "background-color": colours.outside } },
      ...fills(colours),
      ...ways(colours),
      ...borders(colours),
      ...dots(colours),
      ...words(colours),
    ],
  };
}

function collect(features: GeoJSON.Feature[]): Features {
  return { type: "FeatureCollection", features };
}

function told({ level, name, code, state, fill, homes: count }: DrawUnit): Record<string, string | number> {
  const sign = state === "broken" ? "▲" : "";
  return { level, name: name || code, state, fill: fill ?? -1, count: `${sign}${count}` };
}

function grounds({ units }: PlanContent): Features {
  return collect(units.flatMap((unit) => (unit.geometry ? [{ type: "Feature", properties: told(unit), geometry: unit.geometry }] : [])));
}

function labels({ units }: PlanContent): Features {
  return collect(units.flatMap((unit) => (unit.label ? [{ type: "Feature", properties: told(unit), geometry: { type: "Point", coordinates: unit.label } }] : [])));
}

function homes({ homes: all }: PlanContent): Features {
  return collect(all.flatMap(({ lon, lat }) => (lon === undefined || lat === undefined ? [] : [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } }])));
}

function lines({ lines: all = [] }: PlanContent): Features {
  return collect(all.map(({ kind, geometry }) => ({ type: "Feature", properties: { kind }, geometry })));
}

const of = (level: string): FilterSpecification => ["==", ["get", "level"], level];

function byZoom(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as ExpressionSpecification;
}

function fills(colours: Palette): LayerSpecification[] {
  const soft = ["match", ["get", "fill"], ...colours.fills.flatMap((colour, index) => [index, colour]), colours.land] as unknown as ExpressionSpecification;
  const broken: FilterSpecification = ["all", of("lin"), ["==", ["get", "state"], "broken"]] as FilterSpecification;
  return [
    { id: "land", type: "fill", source: "units", paint: { "fill-color": colours.land, "fill-antialias": false } },
    { id: "pian-fill", type: "fill", source: "units", filter: of("pian"), paint: { "fill-color": soft } },
    { id: "lin-broken", type: "fill", source: "units", filter: broken, paint: { "fill-pattern": HATCH } },
  ];
}

function ways(colours: Palette): LayerSpecification[] {
  const kinds = (names: string[]): FilterSpecification => ["in", ["get", "kind"], ["literal", names]];
  const others: FilterSpecification = ["!", kinds([...WATER, ...RAIL])] as FilterSpecification;
  return [
    { id: "water", type: "line", source: "lines", filter: kinds(WATER), paint: { "line-color": colours.water, "line-width": byZoom(12, 2, 17, 9) } },
    { id: "road", type: "line", source: "lines", filter: others, paint: { "line-color": colours.road, "line-width": byZoom(12, 1, 17, 5) } },
    { id: "rail", type: "line", source: "lines", filter: kinds(RAIL), paint: { "line-color": colours.rail, "line-width": byZoom(12, 1, 17, 3), "line-dasharray": [4, 2.5] } },
  ];
}

function borders(colours: Palette): LayerSpecification[] {
  const line = (level: string, colour: string, width: ExpressionSpecification): LayerSpecification => ({
    id: `${level}-line`,
    type: "line",
    source: "units",
    filter: of(level),
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour, "line-width": width },
  });
  return [
    line("lin", colours.lin, byZoom(12, 0.5, 16, 1.1)),
    line("zu", colours.zu, byZoom(12, 0.8, 16, 2)),
    line("pian", colours.pian, byZoom(12, 1.3, 16, 2.8)),
    line("village", colours.village, byZoom(11, 1.2, 14, 2.6)),
  ];
}

function dots(colours: Palette): LayerSpecification[] {
  return [
    {
      id: "home",
      type: "circle",
      source: "homes",
      minzoom: 13,
      paint: { "circle-color": colours.home, "circle-radius": byZoom(13, 1.2, 16, 3.5, 18, 7), "circle-stroke-color": colours.homeRing, "circle-stroke-width": 1 },
    },
  ];
}

function words(colours: Palette): LayerSpecification[] {
  const paint = { "text-halo-color": colours.halo, "text-halo-width": 1.6 };
  const state = ["match", ["get", "state"], "broken", colours.red, "near", colours.amber, colours.muted] as unknown as ExpressionSpecification;
  const numbered = ["format", ["get", "count"], {}, "\n", {}, ["get", "name"], { "font-scale": 0.72 }] as unknown as ExpressionSpecification;
  const label = (id: string, level: string, zooms: [number, number], text: ExpressionSpecification, size: ExpressionSpecification, colour: string | ExpressionSpecification, font: string): LayerSpecification => ({
    id,
    type: "symbol",
    source: "words",
    minzoom: zooms[0],
    maxzoom: zooms[1],
    filter: of(level),
    layout: { "text-field": text, "text-font": [font], "text-size": size, "text-padding": 3, "text-variable-anchor": ["center", "top", "bottom"], "text-radial-offset": 0.8 },
    paint: { ...paint, "text-color": colour },
  });
  const get = (name: string) => ["get", name] as unknown as ExpressionSpecification;
  return [
    label("lin-count", "lin", [12.5, 16.6], get("count"), byZoom(13, 10.5, 16, 14), state, "Bold"),
    label("lin-name", "lin", [16.6, 24], numbered, byZoom(16, 14, 18, 17), state, "Bold"),
    label("zu-name", "zu", [13, 16.6], get("name"), byZoom(13, 11, 15, 13), colours.ink, "Regular"),
    label("pian-name", "pian", [11, 14.5], get("name"), byZoom(11, 11, 13, 14), colours.ink, "Bold"),
  ];
}
