// The canvas over the map: as large as the map's frame, drawn again with the map and whenever a gesture asks for it.
import type { NetMap } from "../map/create";
import { palette, type Palette } from "../map/palette";
import { THEME_CHANGED } from "../shell";
import { Pen } from "./pen";
import { Screen } from "./screen";

export class Overlay {
  private readonly canvas = document.createElement("canvas");
  private colours: Palette = palette();
  private asked = 0;
  private held: Screen | null = null;

  /** Lay the canvas over `map`; `paint` draws one picture. */
  constructor(
    private readonly map: NetMap,
    private readonly paint: (pen: Pen) => void,
  ) {
    this.canvas.className = "draw-overlay";
    this.canvas.setAttribute("aria-hidden", "true");
    map.getCanvasContainer().append(this.canvas);
    map.on("move", () => {
      this.held = null;
      this.draw();
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

  /** Draw before the next frame; several wishes in one frame are one picture. */
  redraw(): void {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { width, height } = this.screen().view;
    const sharp = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * sharp), Math.round(height * sharp)];
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, width, height);
    this.paint(new Pen(context, this.screen(), this.colours));
  }
}
