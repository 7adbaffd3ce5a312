// The dots of issues as pictures for the map: hollow, half or filled by state, the sign of the category inside.
import type { Palette } from "../map/palette";
import { symbolPath } from "./symbols";
import { type State, STATES } from "./wire";

const SIDE_PX = 26;
const SHARP = 2;
const SIGN_PX = 13;

/** Name the picture of a dot. */
export function dotName(symbol: string, state: State): string {
  return `issue-${state}-${symbol}`;
}

/** Read the name of a picture; null for one that is not a dot's. */
export function dotOf(name: string): { symbol: string; state: State } | null {
  const found = /^issue-([a-z_]+)-(.*)$/s.exec(name);
  const state = found?.[1] as State | undefined;
  return state && STATES.includes(state) ? { state, symbol: found?.[2] ?? "" } : null;
}

/** Draw a dot. */
export function drawDot({ symbol, state }: { symbol: string; state: State }, colours: Palette): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX * SHARP;
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.scale(SHARP, SHARP);
  const over = ["closed", "merged", "withdrawn"].includes(state);
  const colour = over ? colours.muted : colours.accent;
  const middle = SIDE_PX / 2;
  const radius = middle - 2.5;
  pen.lineWidth = 2;
  pen.strokeStyle = colour;
  disc(pen, middle, radius + 1.5, colours.halo);
  if (state === "in_hand") halfDisc(pen, middle, radius, colour);
  if (["solved", "answered", "closed"].includes(state)) disc(pen, middle, radius, colour);
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.stroke();
  sign(pen, symbol, state, colour, colours.halo);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function disc(pen: CanvasRenderingContext2D, middle: number, radius: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fill();
}

function halfDisc(pen: CanvasRenderingContext2D, middle: number, radius: number, colour: string): void {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(middle, middle, radius, 0.5 * Math.PI, 1.5 * Math.PI);
  pen.fill();
}

// On a half-filled dot the sign changes colour where the ground does.
function sign(pen: CanvasRenderingContext2D, symbol: string, state: State, colour: string, halo: string): void {
  const full = ["solved", "answered", "closed"].includes(state);
  if (state !== "in_hand") return strokeSign(pen, symbol, full ? halo : colour);
  for (const [from, to, ink] of [[0, SIDE_PX / 2, halo], [SIDE_PX / 2, SIDE_PX, colour]] as const) {
    pen.save();
    pen.beginPath();
    pen.rect(from, 0, to - from, SIDE_PX);
    pen.clip();
    strokeSign(pen, symbol, ink);
    pen.restore();
  }
}

function strokeSign(pen: CanvasRenderingContext2D, symbol: string, ink: string): void {
  const path = symbolPath(symbol);
  pen.save();
  if (path === null) {
    pen.fillStyle = ink;
    pen.font = `600 ${SIGN_PX}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(symbol, SIDE_PX / 2, SIDE_PX / 2 + 0.5);
  } else {
    const scale = SIGN_PX / 20;
    pen.translate((SIDE_PX - SIGN_PX) / 2, (SIDE_PX - SIGN_PX) / 2);
    pen.scale(scale, scale);
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    pen.lineCap = pen.lineJoin = "round";
    pen.stroke(new Path2D(path));
  }
  pen.restore();
}
