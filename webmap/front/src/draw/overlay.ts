// Two canvases over the map: what stands still (handles, marks) as large as the map's frame, and what moves with the
// pointer (previews, live counts), only as large as it must be: on a machine without a graphics card that is half the work.
import type { NetMap } from "../map/create";
import { palette, type Palette } from "../map/palette";
import { THEME_CHANGED } from "../shell";
import { Pen } from "./pen";
import { Screen } from "./screen";

// A canvas grows in steps of this many pixels, so that it is not made anew at each move.
const STEP_PX = 128;

/** Paints one of the two pictures. */
export type Painter = (pen: Pen) => void;

class Sheet {
  private readonly canvas = document.createElement("canvas");
  private asked = 0;

  constructor(
    frame: HTMLElement,
    private readonly pen: () => Pen,
    private readonly paint: Painter,
  ) {
    this.canvas.className = "draw-overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    frame.append(this.canvas);
  }

  /** Draw before the next frame; several wishes in one frame are one picture. */
  redraw(): void {
    this.asked ||= requestAnimationFrame(() => this.draw());
  }

  draw(): void {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    const pen = this.pen();
    this.paint(pen);
    this.canvas.hidden = pen.empty;
    if (pen.empty) return;
    const { width, height } = pen.screen.view;
    const [left, top] = [Math.max(0, Math.floor(pen.box[0])), Math.max(0, Math.floor(pen.box[1]))];
    const context = this.sized(Math.min(width, Math.ceil(pen.box[2])) - left, Math.min(height, Math.ceil(pen.box[3])) - top);
    if (!context) return;
    this.canvas.style.transform = `translate(${left}px, ${top}px)`;
    const sharp = window.devicePixelRatio || 1;
    context.setTransform(sharp, 0, 0, sharp, -left * sharp, -top * sharp);
    pen.draw(context);
  }

  // Give the cleared canvas for a picture of that size, or null for one that lies out of the frame.
  private sized(width: number, height: number): CanvasRenderingContext2D | null {
    this.canvas.hidden = width <= 0 || height <= 0;
    if (this.canvas.hidden) return null;
    const sharp = window.devicePixelRatio || 1;
    const [wide, high] = [width, height].map((side) => Math.ceil(side / STEP_PX) * STEP_PX) as [number, number];
    const context = this.canvas.getContext("2d");
    if (this.canvas.width !== Math.round(wide * sharp) || this.canvas.height !== Math.round(high * sharp)) {
      this.canvas.width = Math.round(wide * sharp);
      this.canvas.height = Math.round(high * sharp);
      this.canvas.style.width = `${wide}px`;
      this.canvas.style.height = `${high}px`;
    } else {
      context?.setTransform(1, 0, 0, 1, 0, 0);
      context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
    }
    return context;
  }
}

export class Overlay {
  private readonly still: Sheet;
  private readonly live: Sheet;
  private colours: Palette = palette();
  private held: Screen | null = null;

  constructor(
    private readonly map: NetMap,
    still: Painter,
    live: Painter,
  ) {
    const frame = map.getCanvasContainer();
    const pen = () => new Pen(this.screen(), this.colours);
    this.still = new Sheet(frame, pen, still);
    this.live = new Sheet(frame, pen, live);
    map.on("move", () => {
      this.held = null;
      this.still.draw();
      this.live.draw();
    });
    map.on("resize", () => {
      this.held = null;
      this.redraw();
    });
    document.addEventListener(THEME_CHANGED, () => {
      this.colours = palette();
      this.redraw();
    });
    this.redraw();
  }

  /** The view that is drawn now. */
  screen(): Screen {
    if (!this.held) {
      const { lng, lat } = this.map.getCenter();
      const { clientWidth: width, clientHeight: height } = this.map.getContainer();
      this.held = new Screen({ lon: lng, lat, zoom: this.map.getZoom(), width, height });
    }
    return this.held;
  }

  redraw(): void {
    this.still.redraw();
    this.live.redraw();
  }

  /** Draw anew what moves with the pointer, and nothing else. */
  redrawLive(): void {
    this.live.redraw();
  }
}
