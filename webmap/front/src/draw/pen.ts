// Draws over the map: previews and handles follow the pointer without waiting for the map. What is drawn is first noted,
// with the box it takes, so that the canvas that is drawn anew at every move need be no larger than what moves.
import { FONTS } from "../map/create";
import type { Palette } from "../map/palette";
import type { CountState, Place } from "../wire";
import type { Point, Screen } from "./screen";

export interface Stroke {
  colour: string;
  width: number;
  dash?: number[];
  /** A light rim that keeps the line readable on any ground. */
  rim?: boolean;
}

type Draw = (canvas: CanvasRenderingContext2D) => void;

const HANDLE_PX = 6;
const RIM_PX = 3;
const PILL_FONT = `600 13px ${FONTS}`;
const PILL_HALF_PX = 12;
// Digits and signs are at most this wide in the font of a plate; only the box of the picture hangs on it.
const MOST_LETTER_PX = 14;

/** A pen for one picture. */
export class Pen {
  /** What the picture takes, in pixels of the frame: left, top, right, bottom. */
  box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  private readonly noted: Draw[] = [];

  constructor(
    readonly screen: Screen,
    readonly colours: Palette,
  ) {}

  get empty(): boolean {
    return this.noted.length === 0;
  }

  /** Draw what was noted. */
  draw(canvas: CanvasRenderingContext2D): void {
    for (const draw of this.noted) draw(canvas);
  }

  line(places: readonly Place[], stroke: Stroke): void {
    const points = this.reach(places, stroke.width + RIM_PX);
    this.noted.push((canvas) => {
      trace(canvas, points, false);
      strokeWith(canvas, stroke, this.colours.halo);
    });
  }

  ring(places: readonly Place[], stroke: Stroke | null, fill: string | null, opacity = 0.16): void {
    const points = this.reach(places, (stroke?.width ?? 0) + RIM_PX);
    this.noted.push((canvas) => {
      trace(canvas, points, true);
      if (fill) {
        canvas.globalAlpha = opacity;
        canvas.fillStyle = fill;
        canvas.fill("evenodd");
        canvas.globalAlpha = 1;
      }
      if (stroke) strokeWith(canvas, stroke, this.colours.halo);
    });
  }

  dot(place: Place, radius: number, fill: string, rim: string = this.colours.halo, width = 2): void {
    this.disc(this.screen.pixel(place), radius, fill, rim, width);
  }

  disc([x, y]: Point, radius: number, fill: string | null, rim: string, width = 2): void {
    this.grow([x, y], radius + width);
    this.noted.push((canvas) => {
      canvas.beginPath();
      canvas.arc(x, y, radius, 0, Math.PI * 2);
      if (fill) {
        canvas.fillStyle = fill;
        canvas.fill();
      }
      canvas.lineWidth = width;
      canvas.strokeStyle = rim;
      canvas.stroke();
    });
  }

  /** A round handle for a vertex; a small one with a plus for a place where a vertex may be put. */
  handle(place: Place, kind: "vertex" | "middle" | "held"): void {
    const { accent, halo } = this.colours;
    if (kind === "held") return this.dot(place, HANDLE_PX + 3, accent, halo, 3);
    if (kind === "vertex") return this.dot(place, HANDLE_PX, halo, accent, 2.5);
    const [x, y] = this.screen.pixel(place);
    this.disc([x, y], 4.5, halo, accent, 1.2);
    this.noted.push((canvas) => {
      canvas.beginPath();
      canvas.moveTo(x - 2.2, y);
      canvas.lineTo(x + 2.2, y);
      canvas.moveTo(x, y - 2.2);
      canvas.lineTo(x, y + 2.2);
      canvas.strokeStyle = accent;
      canvas.stroke();
    });
  }

  /** Words on a small plate around a place, in the colour of a count's state. */
  pill(place: Place, words: string, state: CountState): void {
    const { ink, amber, red, halo, accent } = this.colours;
    const [x, y] = this.screen.pixel(place);
    this.grow([x, y], PILL_HALF_PX + (words.length * MOST_LETTER_PX) / 2);
    this.noted.push((canvas) => {
      canvas.font = PILL_FONT;
      const wide = canvas.measureText(words).width + 14;
      canvas.beginPath();
      canvas.roundRect(x - wide / 2, y - PILL_HALF_PX, wide, 2 * PILL_HALF_PX, PILL_HALF_PX);
      canvas.fillStyle = halo;
      canvas.fill();
      canvas.lineWidth = 1.5;
      canvas.strokeStyle = { ok: accent, near: amber, broken: red }[state];
      canvas.stroke();
      canvas.fillStyle = { ok: ink, near: amber, broken: red }[state];
      canvas.textAlign = "center";
      canvas.textBaseline = "middle";
      canvas.fillText(words, x, y + 1);
    });
  }

  private reach(places: readonly Place[], margin: number): Point[] {
    return places.map((place) => {
      const point = this.screen.pixel(place);
      this.grow(point, margin);
      return point;
    });
  }

  private grow([x, y]: Point, margin: number): void {
    const [left, top, right, bottom] = this.box;
    this.box = [Math.min(left, x - margin), Math.min(top, y - margin), Math.max(right, x + margin), Math.max(bottom, y + margin)];
  }
}

function trace(canvas: CanvasRenderingContext2D, points: readonly Point[], closed: boolean): void {
  canvas.beginPath();
  points.forEach(([x, y], at) => (at === 0 ? canvas.moveTo(x, y) : canvas.lineTo(x, y)));
  if (closed) canvas.closePath();
}

function strokeWith(canvas: CanvasRenderingContext2D, { colour, width, dash = [], rim = false }: Stroke, light: string): void {
  canvas.lineJoin = "round";
  canvas.lineCap = "round";
  if (rim) {
    canvas.setLineDash([]);
    canvas.lineWidth = width + RIM_PX;
    canvas.strokeStyle = light;
    canvas.stroke();
  }
  canvas.setLineDash(dash);
  canvas.lineWidth = width;
  canvas.strokeStyle = colour;
  canvas.stroke();
  canvas.setLineDash([]);
}
