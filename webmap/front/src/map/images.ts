// The pattern images of the style, drawn on a small canvas in the theme's colours.
import type { Map as NetMap } from "maplibre-gl";
import { HATCH } from "./layers";
import type { Palette } from "./palette";

const SIDE_PX = 20;

/** Give the map its pattern images; called again after each change of style. */
export function addImages(map: NetMap, colours: Palette): void {
  if (map.hasImage(HATCH)) map.removeImage(HATCH);
  const canvas = document.createElement("canvas");
  canvas.width = SIDE_PX;
  canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.strokeStyle = colours.red;
  pen.globalAlpha = 0.38;
  pen.lineWidth = 2;
  pen.beginPath();
  // Three strokes, so that the corners of the tile meet their neighbours.
  for (const shift of [-SIDE_PX, 0, SIDE_PX]) {
    pen.moveTo(shift - 2, SIDE_PX + 2);
    pen.lineTo(shift + SIDE_PX + 2, -2);
  }
  pen.stroke();
  map.addImage(HATCH, pen.getImageData(0, 0, SIDE_PX, SIDE_PX), { pixelRatio: 2 });
}
