// THE state of /draw: which plan is open, what it holds, what is chosen; every edit goes through here and to the server.
import type { ask } from "../api";
import type { Key } from "../i18n/drawstage";
import type { NetMap } from "../map/create";
import type { Box, DrawHome, DrawLine, DrawUnit, EditReply, Level, MapInfo, Place, PlanCard, PlanContent } from "../wire";
import type { Content, Problem, Touched } from "./content";

export type DrawEvent = "content" | "selected" | "plan" | "busy" | "tool" | "stack" | "refused" | "rings";
export type ToolName = "select" | "vertex" | "border" | "split" | "merge" | "draw" | "paint" | "lock";
export type DrawLevel = Extract<Level, "pian" | "zu" | "lin">;

/** The state of the page; panels and tools read it, are told when it changes, and ask it to change things. */
export interface DrawSession {
  readonly info: MapInfo;
  /** The open plan; while the net in force is shown, or nothing at all, a card with the id "" that allows nothing. */
  readonly plan: PlanCard;
  /** The village that is shown, or null. */
  readonly unitId: string | null;
  readonly revision: number;
  /** The whole content with its questions (children, leaves, chain ...). */
  readonly content: Content;
  readonly units: ReadonlyMap<string, DrawUnit>;
  readonly homes: ReadonlyMap<string, DrawHome>;
  readonly lines: readonly DrawLine[];
  readonly locks: readonly { line: Place[] }[];
  readonly problems: readonly Problem[];
  readonly counts: PlanContent["counts"];
  /** What the last "content" event was about. */
  readonly touched: Touched;
  readonly selected: readonly string[];
  /** The level that a click chooses. */
  readonly level: DrawLevel;
  readonly tool: ToolName;
  readonly mayEdit: boolean;
  readonly busy: boolean;
  /** The homes that the stack panel shows: all that stand on one point; empty when it is closed. */
  readonly stack: readonly string[];
  /** Where the last refused edit went wrong: a red dot on the map. */
  readonly refusedAt: Place | null;
  /** Homes ringed on the map, such as those that a repair would move. */
  readonly rings: readonly string[];
  /** The map, for whoever lays something of his own over it; null in a browser that cannot draw it. */
  readonly map: NetMap | null;

  on(event: DrawEvent, listener: () => void): () => void;
  /** Ask for an edit; null when it was refused (which has been told, with its place shown). Never throws. */
  edit(act: string, args: object): Promise<EditReply | null>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** Go back to what revision `to` held, as a new revision. */
  restore(to: number): Promise<EditReply | null>;
  /** Open another plan, or ask for the open one again. */
  reload(planId?: string): Promise<void>;
  /** Take a plan's card that an own request has brought (sent, returned, approved ...). */
  takeCard(card: PlanCard): void;
  /** Show a village's net in force, without a plan. */
  openVillage(unitId: string): Promise<void>;
  select(ids: readonly string[]): void;
  setLevel(level: DrawLevel): void;
  setTool(tool: ToolName): void;
  openStack(homeIds: readonly string[]): void;
  /** Ring these homes until called with none. */
  preview(homeIds: readonly string[]): void;
  flyToUnit(id: string): void;
  flyTo(place: Place): void;
  /** Ask something at the map's edge with one button a way out; the question before it goes. */
  offer(words: string, ways: Way[]): void;
}

/** A button under a question. */
export interface Way {
  words: Key;
  act: () => void;
}

/** What moves the view; the stage brings it. */
export interface Camera {
  map: NetMap;
  box(box: Box): void;
  place(place: Place): void;
}

/** The outside that the session speaks to; tests bring their own. */
export interface Door {
  ask: typeof ask;
  tell(words: string, kind: "info" | "error"): void;
  offer(words: string, ways: Way[]): void;
  /** A fresh id for an edit. */
  id(): string;
  wait(ms: number): Promise<void>;
}
