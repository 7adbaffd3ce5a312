// The drawn layers of the net below its words: fills of the 片, barriers, borders by level, hover and choice, homes.
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  LineLayerSpecification,
} from "maplibre-gl";
import { LEVELS, type Level } from "../wire";
import type { Palette } from "./palette";
import { NET } from "./style";

/** Pattern image that hatches a 邻 outside the rule; made in images.ts. */
export const HATCH = "hatch";

const hovered: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];
const chosen: ExpressionSpecification = ["boolean", ["feature-state", "chosen"], false];
const state = (name: string): FilterSpecification => ["==", ["get", "state"], name];

function byZoom(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as ExpressionSpecification;
}

function line(
  level: string,
  id: string,
  paint: LineLayerSpecification["paint"],
  layout: LineLayerSpecification["layout"] = {},
): LayerSpecification {
  const joined = { "line-join": "round", "line-cap": "round", ...layout } as const;
  return { id, type: "line", source: NET, "source-layer": level, layout: joined, paint: paint ?? {} };
}

function grounds(colours: Palette, overBase: boolean): LayerSpecification[] {
  const fills = colours.fills.flatMap((colour, index) => [index, colour]);
  const soft = ["match", ["get", "fill"], ...fills, colours.land] as unknown as ExpressionSpecification;
  const ground = (level: string): LayerSpecification => ({
    id: `${level}-ground`,
    type: "fill",
    source: NET,
    "source-layer": level,
    paint: { "fill-color": colours.land, "fill-opacity": overBase ? 0 : 1, "fill-antialias": false },
  });
  return [
    // A tile holds only some levels; whichever is there gives the land its colour.
    ...["county", "village", "zu", "lin"].map(ground),
    {
      id: "pian-fill",
      type: "fill",
      source: NET,
      "source-layer": "pian",
      paint: { "fill-color": soft, "fill-opacity": overBase ? 0.45 : 1 },
    },
    {
      id: "lin-broken",
      type: "fill",
      source: NET,
      "source-layer": "lin",
      filter: state("broken"),
      paint: { "fill-pattern": HATCH },
    },
  ];
}

function barriers(colours: Palette): LayerSpecification[] {
  const kind = (...names: string[]): FilterSpecification => ["in", ["get", "kind"], ["literal", names]];
  const layer = (id: string, names: string[], paint: LineLayerSpecification["paint"]): LayerSpecification =>
    ({ ...line("barrier", id, paint), filter: kind(...names) }) as LayerSpecification;
  return [
    layer("barrier-water", ["river", "water", "stream", "canal"], {
      "line-color": colours.water,
      "line-width": byZoom(9, 1, 13, 3, 17, 9),
    }),
    layer("barrier-road", ["road", "main_road", "highway", "motorway"], {
      "line-color": colours.road,
      "line-width": byZoom(9, 0.5, 13, 1.6, 17, 5),
    }),
    layer("barrier-rail", ["railway", "rail"], {
      "line-color": colours.rail,
      "line-width": byZoom(9, 0.6, 13, 1.4, 17, 3),
      "line-dasharray": [4, 2.5],
    }),
  ];
}

function borders(colours: Palette): LayerSpecification[] {
  return [
    line("lin", "lin-line", { "line-color": colours.lin, "line-width": byZoom(13, 0.35, 16, 0.9) }),
    line("zu", "zu-line", { "line-color": colours.zu, "line-width": byZoom(11, 0.3, 13, 0.8, 16, 1.8) }),
    line("pian", "pian-line", { "line-color": colours.pian, "line-width": byZoom(10, 0.5, 13, 1.3, 16, 2.4) }),
    line("lin", "lin-broken-line", {
      "line-color": colours.red,
      "line-width": byZoom(13, 1, 16, 2),
      "line-opacity": ["case", ["==", ["get", "state"], "broken"], 1, 0],
    }),
    line("village", "village-line", { "line-color": colours.village, "line-width": byZoom(8, 0.5, 11, 1.1, 14, 2.4) }),
    line("town", "town-line", { "line-color": colours.village, "line-width": byZoom(8, 1.3, 11, 2.2, 14, 3.2) }),
    line("county", "county-line", { "line-color": colours.county, "line-width": byZoom(8, 2.2, 14, 4) }),
  ];
}

// One see-through fill a level takes the pointer; the deepest under it wins (see pick.ts).
function touch(colours: Palette): LayerSpecification[] {
  return LEVELS.flatMap((level: Level): LayerSpecification[] => [
    {
      id: `${level}-touch`,
      type: "fill",
      source: NET,
      "source-layer": level,
      paint: {
        "fill-color": colours.accent,
        "fill-opacity": ["case", chosen, 0.14, hovered, 0.08, 0],
      },
    },
    line(level, `${level}-chosen`, {
      "line-color": colours.accent,
      "line-width": byZoom(9, 2, 16, 3.5),
      "line-opacity": ["case", chosen, 1, 0],
    }),
  ]);
}

function homes(colours: Palette): LayerSpecification[] {
  const grown: ExpressionSpecification = ["case", [">", ["coalesce", ["get", "stack"], 1], 1], 1.7, 1];
  const radius = [
    "interpolate",
    ["exponential", 1.5],
    ["zoom"],
    14,
    ["*", 2, grown],
    16,
    ["*", 4, grown],
    18,
    ["*", 7.5, grown],
  ] as unknown as ExpressionSpecification;
  return [
    {
      id: "home-priority",
      type: "circle",
      source: NET,
      "source-layer": "home",
      minzoom: 15,
      filter: ["==", ["get", "priority"], true],
      paint: {
        "circle-radius": byZoom(15, 6, 18, 15),
        "circle-opacity": 0,
        "circle-stroke-color": colours.amber,
        "circle-stroke-width": 1.6,
      },
    },
    {
      id: "home",
      type: "circle",
      source: NET,
      "source-layer": "home",
      minzoom: 14,
      paint: {
        "circle-color": ["case", chosen, colours.accent, colours.home] as ExpressionSpecification,
        "circle-radius": radius,
        "circle-stroke-color": ["case", chosen, colours.accent, colours.homeRing] as ExpressionSpecification,
        "circle-stroke-width": ["case", chosen, 4, hovered, 2.5, 1] as ExpressionSpecification,
        "circle-stroke-opacity": ["case", chosen, 0.55, 1] as ExpressionSpecification,
      },
    },
  ];
}

/** Give the net's drawn layers from the ground up; over a base layer the fills let it shine through. */
export function netLayers(colours: Palette, overBase: boolean): LayerSpecification[] {
  return [
    ...grounds(colours, overBase),
    ...barriers(colours),
    ...borders(colours),
    ...touch(colours),
    ...homes(colours),
  ];
}
