// Our own line icons on a 20 x 20 grid, drawn as paths so that no font and no image file is needed.

const PATHS = {
  chevron: "M7.5 5l5 5-5 5",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  locate: "M10 5.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10 2v3.5M10 14.5V18M2 10h3.5M14.5 10H18",
  ruler: "M2.5 13.5l11-11 4 4-11 11zM6 10l1.5 1.5M8.5 7.5l2 2M11 5l1.5 1.5",
  area: "M4 6l6-3 6 5-2 8H5z",
  layers: "M10 3l7.5 4-7.5 4-7.5-4zM2.5 10.5l7.5 4 7.5-4M2.5 13.8l7.5 4 7.5-4",
  home: "M3 9.5L10 4l7 5.5M5 8.5V16h10V8.5M8.5 16v-4h3v4",
  extent: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  print: "M6 7V3h8v4M4 7h12v7h-2.5M4 7v7h2.5M6 12h8v5H6z",
  list: "M3 5h14M3 10h14M3 15h9",
  link: "M8.5 11.5l3-3M9 6l1.8-1.8a3.3 3.3 0 0 1 4.9 4.9L14 11M11 14l-1.8 1.8a3.3 3.3 0 0 1-4.9-4.9L6 9",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4",
  moon: "M16.5 11.8A7 7 0 1 1 8.2 3.5a5.6 5.6 0 0 0 8.3 8.3z",
  warn: "M10 3l7.5 13.5h-15zM10 8v4M10 14.2v.3",
  undo: "M7 4L3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8",
  upload: "M10 13V4M6 7.5L10 3.5l4 4M3.5 13v3.5h13V13",
  eye: "M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zM10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  pen: "M4 16l1-3.5L13.5 4 16 6.5 7.5 15zM11.8 5.7l2.5 2.5",
  check: "M4 10.5l4 4 8-9",
  target: "M10 3v14M3 10h14",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  unlock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 5.8-1",
  join: "M3 5h5v10H3zM12 5h5v10h-5zM8 10h4",
  swap: "M4 7h11M12.5 4l3 3-3 3M16 13H5M7.5 10l-3 3 3 3",
  pin: "M10 17.5s-5-5-5-9a5 5 0 0 1 10 0c0 4-5 9-5 9zM10 6.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  send: "M3 10l14-6-4.5 13-3.5-5.5z",
  pointer: "M5 3l10.5 7-4.7.9L8 16z",
  vertex: "M3 15L8.4 7.2M11.6 7.2L17 15M10 3.6a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  cut: "M6 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM6 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM7.6 7.2L17 14M7.6 12.8L17 6",
  merge: "M4 4v4.5L10 12l6-3.5V4M10 12v5M7 14.5l3 3 3-3",
  brush: "M16.5 3.5l-7.2 7.2M9.3 10.7a3 3 0 0 0-3.6 1C4.6 13.2 5 15 3 16.2c2.5.9 5.5.6 6.9-1a3 3 0 0 0-.6-4.5z",
  redo: "M13 4l3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12",
  phone: "M6 3.5l2 4-1.8 1.6a10 10 0 0 0 4.7 4.7L12.5 12l4 2v2.2c0 .6-.5 1-1.1 1A13 13 0 0 1 2.8 4.6c0-.6.4-1.1 1-1.1z",
  people: "M7.5 4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.5 16c0-3 2.2-4.8 5-4.8s5 1.8 5 4.8M13 4.3a2.5 2.5 0 0 1 0 4.8M14.2 11.4c2 .5 3.3 2.2 3.3 4.6",
  magnet: "M5 3v7a5 5 0 0 0 10 0V3h-3v7a2 2 0 0 1-4 0V3zM5 6h3M12 6h3",
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

/** Give an icon that takes the colour of the words around it and that screen readers pass over. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
