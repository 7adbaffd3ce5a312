// The net's words: names and counts, drawn by the browser's own fonts; the count of a 邻 wears its state in colour and sign.
import type { ExpressionSpecification, LayerSpecification, SymbolLayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { NET } from "./style";

export interface LabelWords {
  /** The word after a count of homes, such as "户". */
  homes: string;
  /** The sign before a count outside the rule. */
  broken: string;
}

type Layout = NonNullable<SymbolLayerSpecification["layout"]>;

const FONT = ["Regular"];
const BOLD = ["Bold"];
/** The font that bold words of any layer are drawn in; the browser has it itself. */
export const FONTS_NAMED = BOLD;

// Where another label lies in the way, a word moves up or down instead of vanishing.
const ROOMY: Layout = { "text-variable-anchor": ["center", "top", "bottom"], "text-radial-offset": 0.7 };

function words(
  colours: Palette,
  id: string,
  level: string,
  zooms: [number, number],
  layout: Layout,
  colour: string | ExpressionSpecification = colours.ink,
): LayerSpecification {
  return {
    id,
    type: "symbol",
    source: NET,
    "source-layer": "label",
    minzoom: zooms[0],
    maxzoom: zooms[1],
    filter: ["==", ["get", "level"], level],
    layout: { ...ROOMY, "text-font": FONT, "text-padding": 4, "text-max-width": 8, "text-line-height": 1.25, ...layout },
    paint: { "text-color": colour, "text-halo-color": colours.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4 },
  };
}

function nameAndHomes(word: string): ExpressionSpecification {
  const count = ["concat", ["to-string", ["get", "homes"]], word];
  return ["format", ["get", "name"], {}, "\n", {}, count, { "font-scale": 0.8 }] as unknown as ExpressionSpecification;
}

// A big unit first where there is no room for all: a lower key is placed earlier.
const bigFirst = ["-", 0, ["coalesce", ["get", "homes"], 0]] as unknown as ExpressionSpecification;

// Of the counts, those that need a person come before all others.
const brokenFirst = ["match", ["get", "state"], "broken", 0, "near", 1, 2] as unknown as ExpressionSpecification;

function size(...stops: number[]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

function linCount({ broken }: LabelWords): ExpressionSpecification {
  const count = ["to-string", ["get", "homes"]];
  const marked = ["match", ["get", "state"], "broken", ["concat", broken, count], "near", ["concat", count, "·"], count];
  return marked as unknown as ExpressionSpecification;
}

function linColour(colours: Palette): ExpressionSpecification {
  const byState = ["match", ["get", "state"], "broken", colours.red, "near", colours.amber, colours.muted];
  return byState as unknown as ExpressionSpecification;
}

// A county's own unit labels carry lin_code only; its last digits would crowd the map, so the name comes from z16.6 on.
function linNamed(labelWords: LabelWords): ExpressionSpecification {
  const parts = ["format", linCount(labelWords), {}, "\n", {}, ["get", "name"], { "font-scale": 0.72 }];
  return parts as unknown as ExpressionSpecification;
}

/** Give the label layers, the least important first, so that the last ones are placed first. */
export function labelLayers(colours: Palette, labelWords: LabelWords): LayerSpecification[] {
  const count = { "text-size": size(13, 10.5, 16, 14), "symbol-sort-key": brokenFirst, "text-font": BOLD, "text-radial-offset": 1.5 };
  return [
    words(colours, "lin-label", "lin", [13, 16.6], { ...count, "text-field": linCount(labelWords) }, linColour(colours)),
    words(colours, "lin-name", "lin", [16.6, 24], { ...count, "text-field": linNamed(labelWords) }, linColour(colours)),
    words(colours, "zu-label", "zu", [12, 16.6], {
      "text-field": ["get", "name"],
      "text-size": size(12, 11, 15, 13),
      "symbol-sort-key": bigFirst,
    }),
    words(colours, "pian-label", "pian", [10, 14.5], {
      "text-field": nameAndHomes(labelWords.homes),
      "text-size": size(10, 11, 13, 14),
      "symbol-sort-key": bigFirst,
    }),
    words(colours, "village-label", "village", [8.5, 15], {
      "text-field": ["get", "name"],
      "text-size": size(9, 11, 13, 16),
      "text-font": BOLD,
      "symbol-sort-key": bigFirst,
    }),
    words(colours, "town-label", "town", [6, 11.5], {
      "text-field": ["get", "name"],
      "text-size": size(8, 12, 11, 18),
      "text-font": BOLD,
      "symbol-sort-key": bigFirst,
    }),
    {
      id: "home-stack",
      type: "symbol",
      source: NET,
      "source-layer": "home",
      minzoom: 16,
      filter: [">", ["coalesce", ["get", "stack"], 1], 1],
      layout: {
        "text-field": ["to-string", ["get", "stack"]],
        "text-font": BOLD,
        "text-size": size(16, 9.5, 18, 14),
        // Always drawn, since the dot under it is; the counts of 邻, placed after it, move aside.
        "text-allow-overlap": true,
        "text-padding": 6,
      },
      paint: { "text-color": colours.homeRing },
    },
  ];
}
