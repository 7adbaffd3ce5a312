// How places of the board look: one hue for hot, darker where surer; a blue-grey for few; a cross-hatch for silent.
import type { ExpressionSpecification, LayerSpecification, Map as NetMap } from "maplibre-gl";
import type { Palette } from "../map/palette";

export const SHAPES = "board-shapes";
export const DOTS = "board-dots";
export const HEAT = "board-heat";
export const SILENT_IMAGE = "board-silent";
const SIDE_PX = 20;

/** The colours of the board, from the page's own tokens. */
export interface BoardColours {
  hot: [string, string, string];
  cold: string;
  silent: string;
}

/** Read them for the theme that is on. */
export function boardColours(): BoardColours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--board-${name}`).trim() || "#808080";
  return { hot: [read("hot-1"), read("hot-2"), read("hot-3")], cold: read("cold"), silent: read("silent") };
}

// q at most 0.05 is light, 0.01 darker, 0.001 darkest; a pattern that still is hot is dark, one that was is light.
function fillColour({ hot, cold }: BoardColours): ExpressionSpecification {
  const surer: ExpressionSpecification = ["step", ["coalesce", ["get", "q"], 0.05], hot[2], 0.001, hot[1], 0.01, hot[0]];
  return ["match", ["get", "mark"], "cold", cold, "historical", hot[0], "diminishing", hot[0], "oscillating", hot[0], "sporadic", hot[0], "intensifying", hot[2], "persistent", hot[2], "new", hot[1], "consecutive", hot[1], surer];
}

/** Give the layers over the net. */
export function boardLayers(colours: Palette, own: BoardColours): LayerSpecification[] {
  const notSilent = ["!=", ["get", "mark"], "silent"] as ExpressionSpecification;
  return [
    { id: "board-fill", type: "fill", source: SHAPES, filter: notSilent, paint: { "fill-color": fillColour(own), "fill-opacity": 0.72 } },
    { id: "board-silent", type: "fill", source: SHAPES, filter: ["==", ["get", "mark"], "silent"], paint: { "fill-pattern": SILENT_IMAGE } },
    { id: "board-line", type: "line", source: SHAPES, paint: { "line-color": colours.ink, "line-width": 1, "line-opacity": 0.55 } },
    { id: "board-open", type: "line", source: SHAPES, filter: ["==", ["get", "id"], ""], paint: { "line-color": colours.ink, "line-width": 3 } },
    {
      id: "board-dot",
      type: "circle",
      source: DOTS,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 4, 3, 9, 10, 18, 40, 30],
        "circle-color": ["case", ["==", ["get", "hot"], true], own.hot[0], colours.halo],
        "circle-opacity": 0.85,
        "circle-stroke-color": ["case", ["==", ["get", "hot"], true], own.hot[2], colours.muted],
        "circle-stroke-width": 1.2,
      },
    },
    {
      id: "board-count",
      type: "symbol",
      source: DOTS,
      filter: [">", ["get", "n"], 1],
      layout: { "text-field": ["to-string", ["get", "n"]], "text-size": 12, "text-font": ["Noto Sans CJK SC"], "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": colours.ink },
    },
  ];
}

/** Give the map the pattern of silent units: crossed lines in grey, never red. */
export function addSilentImage(map: NetMap, { silent }: BoardColours): void {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.strokeStyle = silent;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const shift of [-SIDE_PX, 0, SIDE_PX]) {
    pen.moveTo(shift - 2, SIDE_PX + 2);
    pen.lineTo(shift + SIDE_PX + 2, -2);
    pen.moveTo(shift - 2, -2);
    pen.lineTo(shift + SIDE_PX + 2, SIDE_PX + 2);
  }
  pen.stroke();
  if (map.hasImage(SILENT_IMAGE)) map.removeImage(SILENT_IMAGE);
  map.addImage(SILENT_IMAGE, pen.getImageData(0, 0, SIDE_PX, SIDE_PX), { pixelRatio: 2 });
}
