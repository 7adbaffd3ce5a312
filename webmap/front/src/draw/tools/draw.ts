// 画: a ring drawn over others' ground becomes a new unit, or is added to the chosen one; the homes inside are counted live.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { Place } from "../../wire";
import { fullName } from "../panel/names";
import { inDrawnRing, type Move } from "../counting";
import type { Pen } from "../pen";
import type { Contact, LiveCount, Tool, ToolStage } from "../tool";
import { freshRow, liveRows } from "./live";
import { Sketch } from "./sketch";

export class DrawTool implements Tool {
  readonly name = "draw";
  private readonly sketch: Sketch;
  private extending = false;
  private sent = false;

  constructor(private readonly stage: ToolStage) {
    this.sketch = new Sketch(stage, true);
  }

  hint(): string {
    if (this.sketch.places.length > 0) return t("draw.hint_draw_going");
    const unit = this.grown();
    return unit ? t("draw.hint_draw_extend", { name: fullName(this.stage.session, unit) }) : t("draw.hint_draw");
  }

  options(): HTMLElement[] {
    const unit = this.stage.session.units.get(this.stage.session.selected[0] ?? "");
    const choice = (on: boolean, words: string, extending: boolean, disabled = false) =>
      h("button", { type: "button", class: "segment", "aria-pressed": String(on), disabled, onclick: () => this.choose(extending) }, words);
    const drawing = this.sketch.places.length > 2;
    return [
      h(
        "div",
        { class: "segments", role: "group", "aria-label": t("draw.ring_for") },
        choice(!this.extending, t("draw.ring_new"), false),
        choice(this.extending && Boolean(unit), unit ? t("draw.ring_extend", { name: fullName(this.stage.session, unit) }) : t("draw.ring_extend_none"), true, !unit),
      ),
      ...(drawing ? [h("button", { type: "button", class: "button primary", onclick: () => this.finish() }, t("draw.close_ring"))] : []),
    ];
  }

  start(): void {
    this.clear();
  }

  stop(): void {
    this.clear();
  }

  refresh(): void {
    if (this.sent) this.clear();
  }

  press(at: Contact): boolean {
    if (this.sketch.places.length > 0 || this.sent) return false;
    this.sketch.beginStroke(at);
    return true;
  }

  drag(at: Contact): void {
    this.sketch.extendStroke(at);
    this.preview();
  }

  drop(): void {
    this.sketch.places = this.sketch.endStroke();
    this.preview();
    this.finish();
  }

  cancel(): void {
    this.clear();
  }

  tap(at: Contact): void {
    if (this.sent) return;
    if (this.sketch.closes(at)) return this.finish();
    this.sketch.add(at);
    this.preview();
    this.told();
  }

  doubleTap(): void {
    this.finish();
  }

  hover(at: Contact | null): void {
    if (this.sent || this.sketch.places.length === 0) return;
    this.sketch.follow(at);
    this.preview();
  }

  finish(): void {
    const open = this.sketch.places;
    if (open.length < 3 || this.sent) return;
    this.sent = true;
    this.sketch.follow(null);
    const ring = [...open, open[0] as Place];
    const { session } = this.stage;
    const unit = this.grown();
    const args = unit ? { ring, unit_id: unit.id } : { ring, level: session.level };
    void session.edit("draw", args).then((reply) => {
      this.clear();
      const fresh = reply?.content.units.find(({ id, level }) => level === session.level && !unit && !before.has(id));
      if (fresh) session.select([fresh.id]);
    });
    const before = new Set(session.units.keys());
  }

  giveUp(): boolean {
    const had = !this.sketch.empty;
    this.clear();
    return had;
  }

  remove(): void {
    this.sketch.back();
    this.preview();
    this.told();
  }

  paintLive(pen: Pen): void {
    this.sketch.paint(pen);
  }

  private grown() {
    const { session } = this.stage;
    return this.extending ? session.units.get(session.selected[0] ?? "") : undefined;
  }

  private choose(extending: boolean): void {
    this.extending = extending;
    this.told();
  }

  private clear(): void {
    this.sketch.clear();
    this.sent = false;
    this.stage.counts([]);
    this.told();
  }

  private told(): void {
    this.stage.hint("");
    this.stage.refreshOptions();
  }

  private preview(): void {
    this.stage.counts(this.rows(this.sketch.line()));
  }

  private rows(ring: readonly Place[]): LiveCount[] {
    const { session, grid } = this.stage;
    const homes = inDrawnRing(grid, ring);
    if (ring.length < 3) return [];
    const unit = this.grown();
    const own = new Set(unit ? session.content.leavesOf(unit.id) : []);
    const taken = homes.filter(({ unit_id }) => unit_id !== null && !own.has(unit_id));
    const moves: Move[] = taken.map(({ id, unit_id }) => ({ home: id, from: unit_id, to: unit?.id ?? "" }));
    const rows = liveRows(this.stage, [], moves).filter(({ id }) => id !== "" && id !== unit?.id && session.content.children(id).length === 0);
    const judged = session.level === "lin";
    const first = unit
      ? { ...freshRow(unit.id, fullName(this.stage.session, unit), unit.homes, unit.label, session.content.isLeaf(unit)), after: unit.homes + taken.length }
      : freshRow("", "", taken.length, middle(ring), judged);
    return [first, ...rows];
  }
}

function middle(ring: readonly Place[]): Place {
  const sum = ring.reduce<Place>(([lon, lat], [x, y]) => [lon + x, lat + y], [0, 0]);
  return [sum[0] / ring.length, sum[1] / ring.length];
}
