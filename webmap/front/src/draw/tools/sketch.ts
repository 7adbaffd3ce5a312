// A line or a ring drawn by hand: point by point with clicks, or in one stroke with the button or finger down.
import type { Place } from "../../wire";
import { simplify } from "../cutting";
import type { Pen } from "../pen";
import { away, type Point } from "../screen";
import type { Contact, ToolStage } from "../tool";

// A freehand stroke is thinned to what the eye can tell.
const THIN_PX = 2.5;
const STEP_PX = 3;

export class Sketch {
  places: Place[] = [];
  /** Where the pointer is, while clicks are awaited. */
  private ahead: Place | null = null;
  private stroke: Point[] | null = null;

  constructor(
    private readonly stage: ToolStage,
    private readonly closed: boolean,
  ) {}

  /** The line as it would be if it ended at the pointer. */
  line(): Place[] {
    if (this.stroke) return this.stroke.map((point) => this.stage.screen().place(point));
    return this.ahead && this.places.length > 0 ? [...this.places, this.ahead] : this.places;
  }

  get empty(): boolean {
    return this.places.length === 0 && this.stroke === null;
  }

  get freehand(): boolean {
    return this.stroke !== null;
  }

  clear(): void {
    this.places = [];
    this.ahead = null;
    this.stroke = null;
  }

  /** Set the next corner. */
  add(at: Contact): void {
    this.stage.gather();
    this.places = [...this.places, this.stage.meant(at)];
    this.ahead = null;
  }

  /** Take the last corner back; false when there was none. */
  back(): boolean {
    const had = this.places.length > 0;
    this.places = this.places.slice(0, -1);
    return had;
  }

  /** Whether a contact is on the first corner, which closes a ring. */
  closes({ point, reach }: Contact): boolean {
    const [first] = this.places;
    return this.closed && first !== undefined && this.places.length > 2 && away(this.stage.screen().pixel(first), point) <= Math.max(reach, 12);
  }

  follow(at: Contact | null): void {
    this.ahead = at && this.places.length > 0 ? this.stage.meant(at) : null;
  }

  beginStroke({ point }: Contact): void {
    this.stroke = [point];
  }

  extendStroke({ point }: Contact): void {
    const last = this.stroke?.at(-1);
    if (last && away(last, point) >= STEP_PX) this.stroke?.push(point);
  }

  /** End the stroke; gives the thinned line. */
  endStroke(): Place[] {
    const screen = this.stage.screen();
    const thin = simplify(this.stroke ?? [], THIN_PX);
    this.stroke = null;
    return thin.map((point) => screen.place(point));
  }

  paint(pen: Pen): void {
    const line = this.line();
    const { accent } = pen.colours;
    const stroke = { colour: accent, width: 3, rim: true };
    if (this.closed && line.length > 2) pen.ring(line, stroke, accent, 0.14);
    else if (line.length > 1) pen.line(line, stroke);
    if (!this.stroke) this.places.forEach((place, at) => pen.handle(place, at === 0 && this.closed ? "held" : "vertex"));
  }
}
