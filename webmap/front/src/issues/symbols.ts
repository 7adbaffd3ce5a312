// The sign of a category: a few lines on the 20 x 20 grid of the icons, for the page and for the dots on the map alike.
import { h } from "../ui/dom";

// The names are those that the server gives its categories.
export const SYMBOLS = {
  light: "M10 3v1.5M6 5.5h8l1.5 4.5h-11zM8 13h4M8.5 16h3",
  manhole: "M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM7.5 8h5M7.5 12h5M7 10h6",
  pole: "M10 3v14M5 6h10M6.5 6v2M13.5 6v2M7.5 17h5",
  utility: "M5 4h10v12H5zM8 8h4M8 11h4",
  power: "M11 2.5L5 11h4.5L9 17.5 15 9h-4.5z",
  road: "M6 3L3.5 17M14 3l2.5 14M10 4v2.5M10 9v2.5M10 14v2.5",
  bridge: "M2 13h16M4 13V8M16 13V8M4 8c3 4 9 4 12 0M10 11v2M5.5 13v3M14.5 13v3",
  traffic: "M7 3h6v11H7zM10 6v.1M10 8.7v.1M10 11.4v.1M10 14v3.5",
  waste: "M4 6h12M8 6V4h4v2M5.5 6l1 11h7l1-11M8.5 9v5M11.5 9v5",
  water: "M10 3c3 4 5 6.2 5 9a5 5 0 0 1-10 0c0-2.8 2-5 5-9z",
  drain: "M3.5 6h13v8h-13zM7 6v8M10 6v8M13 6v8",
  tree: "M10 3L5 10h2.5L4 14.5h12L12.5 10H15zM10 14.5V18",
  notice: "M3.5 8v4H6l6 3.5V4.5L6 8zM15 7.5a4 4 0 0 1 0 5",
  building: "M5 17V3.5h10V17M8 7h1M11 7h1M8 10h1M11 10h1M8.5 17v-3.5h3V17M3 17h14",
  works: "M3 16h14M10 4v12M5 16V9l5-5 5 5v7M6.5 12h7",
  hazard: "M10 3l7.5 13.5h-15zM10 8v4M10 14.2v.3",
  fire: "M10 2.5c.5 3 4.5 5 4.5 9a4.5 4.5 0 0 1-9 0c0-2 1-3 1.8-4.3.7 1.3 1.2 1.8 2 2.3C8.8 7 9 5 10 2.5z",
  street: "M3 8l1.5-4h11L17 8M4 8v8.5h12V8M3 8h14M8 16.5V12h4v4.5",
  dispute: "M7 5a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 7 5zM13 5a2.2 2.2 0 1 0 0 4.4A2.2 2.2 0 0 0 13 5zM3 16c0-3 1.8-4.5 4-4.5s3 1 3 2c0-1 .8-2 3-2s4 1.5 4 4.5",
  warning: "M10 3.5a4.5 4.5 0 0 0-4.5 4.5c0 4-1.5 5-1.5 6h12c0-1-1.5-2-1.5-6A4.5 4.5 0 0 0 10 3.5zM8.5 16.5h3",
  wish: "M10 16.5S3.5 12.5 3.5 8A3.4 3.4 0 0 1 10 6.5 3.4 3.4 0 0 1 16.5 8c0 4.5-6.5 8.5-6.5 8.5z",
  idea: "M7.5 14c0-2-2.5-3-2.5-6a5 5 0 0 1 10 0c0 3-2.5 4-2.5 6zM8 17h4",
  service: "M3 12l3-3 4 1.5h3l-1 2H9M6 15.5l5 .5 6-4.5-1.5-1.5L12.5 12M3 9v8",
  home: "M3 9.5L10 4l7 5.5M5 8.5V16h10V8.5",
  other: "M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
} as const;

export type SymbolName = keyof typeof SYMBOLS;

/** Give the lines of a symbol; one that the page does not know is a dot, and a single sign is written as it is. */
export function symbolPath(name: string): string | null {
  if (name in SYMBOLS) return SYMBOLS[name as SymbolName];
  return [...name].length === 1 ? null : SYMBOLS.other;
}

const SVG = "http://www.w3.org/2000/svg";

/** Give the sign of a category, which screen readers pass over because the name stands beside it. */
export function symbolMark(name: string): HTMLElement {
  const path = symbolPath(name);
  if (path === null) return h("span", { class: "issue-symbol", "aria-hidden": "true" }, name);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return h("span", { class: "issue-symbol", "aria-hidden": "true" }, svg);
}
