// Draws over the map on a canvas of its own: previews and handles follow the pointer without waiting for the map.
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

/** Half the side of a handle's mark; what takes the finger is larger (see pointer.ts). */
export const HANDLE_PX = 6;
const PILL_FONT = `600 13px ${FONTS}`;

/** A pen for one picture. */
export class Pen {
  constructor(
    private readonly canvas: CanvasRenderingContext2D,
    readonly screen: Screen,
    readonly colours: Palette,
  ) {}

  line(places: readonly Place[], stroke: Stroke): void {
    this.trace(places, false);
    this.stroke(stroke);
  }

  ring(places: readonly Place[], stroke: Stroke | null, fill: string | null, opacity = 0.16): void {
    this.trace(places, true);
    if (fill) {
      this.canvas.globalAlpha = opacity;
      this.canvas.fillStyle = fill;
      this.canvas.fill("evenodd");
      this.canvas.globalAlpha = 1;
    }
    if (stroke) this.stroke(stroke);
  }

  dot(place: Place, radius: number, fill: string, rim: string = this.colours.halo, width = 2): void {
    this.disc(this.screen.pixel(place), radius, fill, rim, width);
  }

  disc([x, y]: Point, radius: number, fill: string | null, rim: string, width = 2): void {
    this.canvas.beginPath();
    this.canvas.arc(x, y, radius, 0, Math.PI * 2);
    if (fill) {
      this.canvas.fillStyle = fill;
      this.canvas.fill();
    }
    this.canvas.lineWidth = width;
    this.canvas.strokeStyle = rim;
    this.canvas.stroke();
  }

  /** A round handle for a vertex; a small one with a plus for a place where a vertex may be put. */
  handle(place: Place, kind: "vertex" | "middle" | "held"): void {
    const { accent, halo } = this.colours;
    if (kind === "held") return this.dot(place, HANDLE_PX + 3, accent, halo, 3);
    if (kind === "vertex") return this.dot(place, HANDLE_PX, halo, accent, 2.5);
    const [x, y] = this.screen.pixel(place);
    this.disc([x, y], 4.5, halo, accent, 1.2);
    this.canvas.beginPath();
    this.canvas.moveTo(x - 2.2, y);
    this.canvas.lineTo(x + 2.2, y);
    this.canvas.moveTo(x, y - 2.2);
    this.canvas.lineTo(x, y + 2.2);
    this.canvas.strokeStyle = accent;
    this.canvas.stroke();
  }

  /** Words on a small plate around a place, in the colour of a count's state. */
  pill(place: Place, words: string, state: CountState): void {
    const { ink, amber, red, halo, accent } = this.colours;
    const [x, y] = this.screen.pixel(place);
    this.canvas.font = PILL_FONT;
    const wide = this.canvas.measureText(words).width + 14;
    this.canvas.beginPath();
    this.canvas.roundRect(x - wide / 2, y - 12, wide, 24, 12);
    this.canvas.fillStyle = halo;
    this.canvas.fill();
    this.canvas.lineWidth = 1.5;
    this.canvas.strokeStyle = { ok: accent, near: amber, broken: red }[state];
    this.canvas.stroke();
    this.canvas.fillStyle = { ok: ink, near: amber, broken: red }[state];
    this.canvas.textAlign = "center";
    this.canvas.textBaseline = "middle";
    this.canvas.fillText(words, x, y + 1);
  }

  private trace(places: readonly Place[], closed: boolean): void {
    this.canvas.beginPath();
    places.forEach((place, at) => {
      const [x, y] = this.screen.pixel(place);
      if (at === 0) this.canvas.moveTo(x, y);
      else this.canvas.lineTo(x, y);
    });
    if (closed) this.canvas.closePath();
  }

  private stroke({ colour, width, dash = [], rim = false }: Stroke): void {
    this.canvas.lineJoin = "round";
    this.canvas.lineCap = "round";
    if (rim) {
      this.canvas.setLineDash([]);
      this.canvas.lineWidth = width + 3;
      this.canvas.strokeStyle = this.colours.halo;
      this.canvas.stroke();
    }
    this.canvas.setLineDash(dash);
    this.canvas.lineWidth = width;
    this.canvas.strokeStyle = colour;
    this.canvas.stroke();
    this.canvas.setLineDash([]);
  }
}
