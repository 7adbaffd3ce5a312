// Between places and pixels of the map's frame (web Mercator, north up, not tilted), without asking the map each time.
import type { Place } from "../wire";

export type Point = [number, number];

export interface View {
  lon: number;
  lat: number;
  zoom: number;
  width: number;
  height: number;
}

const TILE_PX = 512;
const RADIANS = Math.PI / 180;

/** Turns places into pixels of one view and back. */
export class Screen {
  private readonly side: number;
  private readonly left: number;
  private readonly top: number;

  constructor(readonly view: View) {
    this.side = TILE_PX * 2 ** view.zoom;
    this.left = this.x(view.lon) - view.width / 2;
    this.top = this.y(view.lat) - view.height / 2;
  }

  pixel([lon, lat]: Place): Point {
    return [this.x(lon) - this.left, this.y(lat) - this.top];
  }

  place([x, y]: Point): Place {
    const lon = ((x + this.left) / this.side) * 360 - 180;
    const north = (0.5 - (y + this.top) / this.side) * 2 * Math.PI;
    return [lon, (2 * Math.atan(Math.exp(north)) - Math.PI / 2) / RADIANS];
  }

  /** Whether a pixel lies in the frame, or at most `margin` outside. */
  shows([x, y]: Point, margin = 0): boolean {
    return x >= -margin && y >= -margin && x <= this.view.width + margin && y <= this.view.height + margin;
  }

  private x(lon: number): number {
    return (this.side * (lon + 180)) / 360;
  }

  private y(lat: number): number {
    return this.side * (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * RADIANS) / 2)) / (2 * Math.PI));
  }
}

export function away([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(ax - bx, ay - by);
}
