// The proposal on the map: a line from each post's ground to the home of whom the map proposes, and the one in hand.
import type { GeoJSONSource, LayerSpecification } from "maplibre-gl";
import type { NetMap } from "../map/create";
import { FONTS_NAMED } from "../map/labels";
import { palette } from "../map/palette";
import type { Box, Place } from "../wire";
import { boxAround } from "../map/bounds";

const SOURCE = "proposal";

/** One line: which post, from where to where, and whose home it ends at. */
export interface ProposalLine {
  id: string;
  name: string;
  from: Place;
  to: Place;
  inside: boolean;
}

export interface Lines {
  set: (lines: ProposalLine[]) => void;
  /** Light one up, by the unit of its post; "" for none. */
  mark: (id: string) => void;
  box: () => Box | null;
}

/** Give a map the lines; they stay through a change of theme. */
export function proposalLines(map: NetMap): Lines {
  let lines: ProposalLine[] = [];
  let marked = "";
  const draw = () => {
    const data = { type: "FeatureCollection" as const, features: lines.flatMap((line) => features(line, line.id === marked)) };
    const source = map.getSource(SOURCE) as GeoJSONSource | undefined;
    if (source) return void source.setData(data);
    map.addSource(SOURCE, { type: "geojson", data });
    layers().forEach((layer) => map.addLayer(layer));
  };
  const redraw = () => {
    if (map.isStyleLoaded() || map.getSource(SOURCE)) draw();
  };
  map.on("style.load", draw);
  return {
    set: (next) => {
      lines = next;
      redraw();
    },
    mark: (id) => {
      if (id === marked) return;
      marked = id;
      redraw();
    },
    box: () => boxAround(lines.flatMap(({ from, to }) => [from, to])),
  };
}

function features({ id, name, from, to, inside }: ProposalLine, marked: boolean): GeoJSON.Feature[] {
  const properties = { id, name, inside, marked };
  return [
    { type: "Feature", properties, geometry: { type: "LineString", coordinates: [from, to] } },
    { type: "Feature", properties: { ...properties, end: "post" }, geometry: { type: "Point", coordinates: from } },
    { type: "Feature", properties: { ...properties, end: "home" }, geometry: { type: "Point", coordinates: to } },
  ];
}

function layers(): LayerSpecification[] {
  const colours = palette();
  const colour = ["case", ["get", "inside"], colours.accent, colours.amber] as never;
  const of = { source: SOURCE } as const;
  return [
    {
      ...of,
      id: "proposal-halo",
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": colours.halo, "line-width": ["case", ["get", "marked"], 8, 4.5] as never, "line-opacity": 0.85 },
    },
    {
      ...of,
      id: "proposal-line",
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-cap": "round" },
      paint: { "line-color": colour, "line-width": ["case", ["get", "marked"], 4.5, 2] as never },
    },
    {
      ...of,
      id: "proposal-post",
      type: "circle",
      filter: ["==", ["get", "end"], "post"],
      paint: { "circle-radius": 4, "circle-color": colours.halo, "circle-stroke-color": colour, "circle-stroke-width": 2 },
    },
    {
      ...of,
      id: "proposal-home",
      type: "circle",
      filter: ["==", ["get", "end"], "home"],
      paint: { "circle-radius": ["case", ["get", "marked"], 8, 5.5] as never, "circle-color": colour, "circle-stroke-color": colours.halo, "circle-stroke-width": 1.5 },
    },
    {
      ...of,
      id: "proposal-name",
      type: "symbol",
      filter: ["==", ["get", "end"], "home"],
      layout: { "text-field": ["get", "name"], "text-font": FONTS_NAMED, "text-size": 13, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.8 },
    },
  ];
}
