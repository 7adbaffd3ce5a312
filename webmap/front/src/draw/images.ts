// The redrawing map's own images: the hatch of locked ground and the sign of a lock, drawn in the theme's colours.
import type { NetMap } from "../map/create";
import type { Palette } from "../map/palette";
import { LOCKED, LOCK_SIGN } from "./layers";

const HATCH_PX = 24;
const SIGN_PX = 32;

/** Give the map its images; called again after each change of style. */
export function addDrawImages(map: NetMap, colours: Palette): void {
  put(map, LOCKED, HATCH_PX, (pen) => {
    pen.strokeStyle = colours.ink;
    pen.globalAlpha = 0.3;
    pen.lineWidth = 1.6;
    pen.beginPath();
    for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
      pen.moveTo(shift - 2, -2);
      pen.lineTo(shift + HATCH_PX + 2, HATCH_PX + 2);
    }
    pen.stroke();
  });
  put(map, LOCK_SIGN, SIGN_PX, (pen) => {
    pen.lineWidth = 3;
    pen.strokeStyle = colours.ink;
    pen.fillStyle = colours.ink;
    pen.beginPath();
    pen.arc(16, 13, 6, Math.PI, 0);
    pen.moveTo(10, 13);
    pen.lineTo(10, 17);
    pen.moveTo(22, 13);
    pen.lineTo(22, 17);
    pen.stroke();
    pen.beginPath();
    pen.roundRect(6, 15, 20, 14, 3);
    pen.fill();
  });
}

function put(map: NetMap, name: string, side: number, draw: (pen: CanvasRenderingContext2D) => void): void {
  if (map.hasImage(name)) map.removeImage(name);
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  draw(pen);
  map.addImage(name, pen.getImageData(0, 0, side, side), { pixelRatio: 2 });
}
