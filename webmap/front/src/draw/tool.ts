// What a tool is, and what the stage gives it.
import type { Place } from "../wire";
import type { Pen } from "./pen";
import type { Point, Screen } from "./screen";
import type { HomeGrid } from "./counting";
import type { Coverage } from "./geometry";
import type { Tints } from "./tints";
import type { DrawSession, ToolName } from "./session";

/** One contact of mouse, finger or pen with the map. */
export interface Contact {
  point: Point;
  place: Place;
  /** How many pixels around the contact are meant. */
  reach: number;
  /** Shift or Ctrl is held: add to what is chosen. */
  adding: boolean;
  touch: boolean;
}

/** A count before and after what is being drawn. */
export interface LiveCount {
  id: string;
  /** "" for a unit that is still to be made. */
  name: string;
  before: number;
  after: number;
  at: Place | null;
  /** False for a unit above the 邻, which the rule of homes does not judge. */
  judged?: boolean;
}

export interface ToolStage {
  readonly session: DrawSession;
  readonly coverage: Coverage;
  readonly grid: HomeGrid;
  readonly tints: Tints;
  screen(): Screen;
  /** Gather what may be snapped to, before a gesture; `except` is the vertex in hand. */
  gather(except?: Place): void;
  /** The place meant by a contact: snapped when the toggle is on and something is near. */
  meant(contact: Contact): Place;
  /** The leaf under a place. */
  leafAt(place: Place): string | null;
  /** The unit of the chosen level under a place. */
  unitAt(place: Place): string | null;
  /** Draw the tool's marks again, before the next frame. */
  redraw(): void;
  /** Draw anew only what moves with the pointer. */
  redrawLive(): void;
  /** Show live counts; an empty list takes them away. One call is one update of the preview. */
  counts(rows: LiveCount[]): void;
  /** Change the line that says what to do next; "" gives the tool's own. */
  hint(words: string): void;
  /** Draw the tool's own buttons again. */
  refreshOptions(): void;
}

export interface Tool {
  readonly name: ToolName;
  /** What to do first, in the users' words. */
  hint(): string;
  start(): void;
  stop(): void;
  /** The tool's own buttons beside the toolbar. */
  options?(): HTMLElement[];
  /** A press; true claims it: the map stays and `drag` and `drop` follow. */
  press?(at: Contact): boolean;
  drag?(at: Contact): void;
  drop?(at: Contact): void;
  /** A press that was claimed ends without meaning: another finger came, or Esc. */
  cancel?(): void;
  tap?(at: Contact): void;
  doubleTap?(at: Contact): void;
  hold?(at: Contact): void;
  hover?(at: Contact | null): void;
  /** Esc; true when there was something to give up. */
  giveUp?(): boolean;
  /** Enter. */
  finish?(): void;
  /** Delete or Backspace. */
  remove?(): void;
  /** The content changed under the tool. */
  refresh?(): void;
  /** Draws the tool's marks that stand still; drawn anew on `redraw`. */
  paint?(pen: Pen): void;
  /** Draws what moves with the pointer; drawn anew on every update of the counts and on `redrawLive`. */
  paintLive?(pen: Pen): void;
}
