// The stage: the map, the canvas over it and the pointer, given to the tool in hand.
//
// Each update of a live preview leaves a mark "draw:preview" in the browser's performance timeline, and each gesture
// begins by clearing the marks of the one before: updates per second of a drag are their number over the time between
// the first and the last. benchmarks/redraw.py reads them with performance.getEntriesByName("draw:preview").
import type { Place } from "../wire";
import { DrawCanvas } from "./canvas";
import { HomeGrid } from "./counting";
import type { Coverage } from "./geometry";
import { LiveBar } from "./livebar";
import type { Opened } from "./opened";
import { Overlay } from "./overlay";
import type { Pen } from "./pen";
import { Pointer } from "./pointer";
import type { Screen } from "./screen";
import type { ToolName } from "./session";
import { snapTo, type Targets, targetsIn } from "./snap";
import type { Tints } from "./tints";
import type { Contact, LiveCount, Tool, ToolStage } from "./tool";

export const PREVIEW_MARK = "draw:preview";
const NO_TARGETS: Targets = { points: [], segments: [] };

/** What of the page around the map the stage fills. */
export interface Furniture {
  live: LiveBar;
  hint: (words: string) => void;
  options: (tool: Tool) => void;
}

export class Stage implements ToolStage {
  grid = new HomeGrid([]);
  snapping = true;
  private readonly overlay: Overlay;
  private readonly pointer: Pointer;
  private tool: Tool | null = null;
  private targets: Targets = NO_TARGETS;
  private rows: LiveCount[] = [];
  private leaves = new Set<string>();

  constructor(
    readonly session: Opened,
    readonly canvas: DrawCanvas,
    readonly coverage: Coverage,
    readonly tints: Tints,
    private readonly furniture: Furniture,
  ) {
    this.overlay = new Overlay(canvas.map, (pen) => this.paint(pen), (pen) => this.paintLive(pen));
    this.pointer = new Pointer(canvas.map, () => this.screen(), {
      owns: () => session.unitId !== null,
      press: (at) => this.onPress(at),
      drag: (at) => this.tool?.drag?.(at),
      drop: (at) => this.tool?.drop?.(at),
      cancel: () => this.tool?.cancel?.(),
      tap: (at) => this.tool?.tap?.(at),
      doubleTap: (at) => (this.tool?.doubleTap ? this.tool.doubleTap(at) : this.tool?.tap?.(at)),
      hold: (at) => this.tool?.hold?.(at),
      hover: (at) => this.onHover(at),
    });
    session.on("content", () => this.takeContent());
    session.on("selected", () => this.takeSelection());
    session.on("refused", () => this.redraw());
    session.on("rings", () => this.redraw());
    // What can be taken hold of is another thing in another view.
    canvas.map.on("moveend", () => this.hint(""));
  }

  screen(): Screen {
    return this.overlay.screen();
  }

  /** Put another tool in hand. */
  take(tool: Tool): void {
    if (this.tool === tool) return;
    // What is half drawn goes, what is chosen stays.
    this.pointer.release();
    this.tool?.stop();
    this.tool = tool;
    this.counts([]);
    this.canvas.light("");
    this.canvas.map.doubleClickZoom[tool.doubleTap ? "disable" : "enable"]();
    this.canvas.map.getCanvas().style.cursor = CURSORS[tool.name];
    tool.start();
    this.hint("");
    this.refreshOptions();
    this.redraw();
  }

  /** Give up the gesture under way; true when there was one, or something half drawn. */
  letGo(): boolean {
    this.pointer.release();
    const had = this.tool?.giveUp?.() ?? false;
    this.counts([]);
    this.redraw();
    return had;
  }

  finish(): void {
    this.tool?.finish?.();
  }

  remove(): void {
    this.tool?.remove?.();
  }

  gather(except?: Place): void {
    if (!this.snapping) return void (this.targets = NO_TARGETS);
    const { lines, homes } = this.session;
    this.targets = targetsIn(this.screen(), { edges: this.coverage.allEdges(), lines, homes: homes.values(), except });
  }

  meant({ point, place, reach }: Contact): Place {
    if (!this.snapping) return place;
    return snapTo(this.screen(), this.targets, point, Math.min(reach, 16)) ?? place;
  }

  leafAt(place: Place): string | null {
    return this.coverage.at(place);
  }

  unitAt(place: Place): string | null {
    const leaf = this.leafAt(place);
    return leaf ? this.session.content.atLevel(leaf, this.session.level) : null;
  }

  redraw(): void {
    this.overlay.redraw();
  }

  redrawLive(): void {
    this.overlay.redrawLive();
  }

  counts(rows: LiveCount[]): void {
    this.rows = rows;
    if (rows.length > 0) performance.mark(PREVIEW_MARK);
    this.furniture.live.show(rows);
    this.overlay.redrawLive();
  }

  hint(words: string): void {
    this.furniture.hint(words || (this.tool?.hint() ?? ""));
  }

  refreshOptions(): void {
    if (this.tool) this.furniture.options(this.tool);
  }

  private onPress(at: Contact): boolean {
    performance.clearMarks(PREVIEW_MARK);
    this.session.forgive();
    return this.tool?.press?.(at) ?? false;
  }

  private onHover(at: Contact | null): void {
    if (this.tool?.hover) return this.tool.hover(at);
    this.canvas.light(at ? (this.unitAt(at.place) ?? "") : "");
  }

  private takeContent(): void {
    const { touched, content, homes } = this.session;
    const leaves = new Map(content.leaves().map((unit) => [unit.id, unit]));
    for (const id of this.leaves) if (touched.full || !leaves.has(id)) this.coverage.drop(id);
    for (const id of touched.full ? leaves.keys() : [...touched.units, ...leaves.keys()]) {
      const unit = leaves.get(id);
      if (unit?.geometry && unit.geometry.coordinates !== this.coverage.shape(id)) this.coverage.put(id, unit.geometry.coordinates);
    }
    this.leaves = new Set(leaves.keys());
    if (touched.full || touched.homes.length > 0) this.grid = new HomeGrid([...homes.values()]);
    this.canvas.update();
    this.counts([]);
    this.tool?.refresh?.();
    this.refreshOptions();
  }

  private takeSelection(): void {
    this.canvas.mark(this.session.selected);
    this.tool?.refresh?.();
    this.hint("");
    this.refreshOptions();
    this.redraw();
  }

  private paint(pen: Pen): void {
    this.ringHomes(pen);
    this.tool?.paint?.(pen);
    const { refusedAt } = this.session;
    if (!refusedAt) return;
    pen.dot(refusedAt, 14, `${pen.colours.red}33`, pen.colours.red, 2);
    pen.dot(refusedAt, 6, pen.colours.red);
  }

  private paintLive(pen: Pen): void {
    this.tool?.paintLive?.(pen);
    for (const row of this.rows) {
      if (row.at) pen.pill(row.at, this.furniture.live.plate(row), this.furniture.live.state(row));
    }
  }

  private ringHomes(pen: Pen): void {
    for (const id of this.session.rings) {
      const home = this.session.homes.get(id);
      if (home) pen.disc(pen.screen.pixel([home.lon, home.lat]), 10, null, pen.colours.accent, 3);
    }
  }
}

const CURSORS: Record<ToolName, string> = {
  select: "pointer",
  vertex: "grab",
  border: "crosshair",
  split: "crosshair",
  merge: "copy",
  draw: "crosshair",
  paint: "crosshair",
  lock: "pointer",
};
