// 切: a line drawn across a unit cuts it; the counts of the parts follow the pointer.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { Place } from "../../wire";
import { fullName } from "../panel/names";
import { cutShape } from "../cutting";
import { inRing, type Shape } from "../geometry";
import type { Pen } from "../pen";
import type { Contact, LiveCount, Tool, ToolStage } from "../tool";
import { freshRow } from "./live";
import { Sketch } from "./sketch";

const SAMPLES = 24;

export class SplitTool implements Tool {
  readonly name = "split";
  private readonly sketch: Sketch;
  private parts: Place[][] = [];
  private target = "";
  private sent = false;

  constructor(private readonly stage: ToolStage) {
    this.sketch = new Sketch(stage, false);
  }

  hint(): string {
    if (this.sketch.places.length > 0) return t("draw.hint_split_going");
    const unit = this.stage.session.units.get(this.stage.session.selected[0] ?? "");
    return unit ? t("draw.hint_split_unit", { name: fullName(this.stage.session, unit) }) : t("draw.hint_split");
  }

  options(): HTMLElement[] {
    const drawing = this.sketch.places.length > 1;
    return drawing ? [h("button", { type: "button", class: "button primary", onclick: () => this.finish() }, t("draw.cut_here"))] : [];
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
    if (this.sketch.places.length > 0) return false;
    this.sketch.beginStroke(at);
    return true;
  }

  drag(at: Contact): void {
    this.sketch.extendStroke(at);
    this.preview(this.sketch.line());
  }

  drop(): void {
    const line = this.sketch.endStroke();
    this.sketch.places = line;
    this.preview(line);
    this.finish();
  }

  cancel(): void {
    this.clear();
  }

  tap(at: Contact): void {
    if (this.sent) return;
    this.sketch.add(at);
    this.preview(this.sketch.line());
    this.told();
  }

  doubleTap(): void {
    this.finish();
  }

  hover(at: Contact | null): void {
    if (this.sent || this.sketch.places.length === 0) return;
    this.sketch.follow(at);
    this.preview(this.sketch.line());
  }

  finish(): void {
    const line = this.sketch.places;
    if (line.length < 2 || this.sent) return;
    this.preview(line);
    const { session } = this.stage;
    // Nothing is cut: keep a line of clicks to be drawn on, and say why.
    this.sent = true;
    void session.edit("split", { unit_id: this.target, line }).then(() => this.clear());
  }

  giveUp(): boolean {
    const had = !this.sketch.empty;
    this.clear();
    return had;
  }

  remove(): void {
    if (this.sketch.back()) this.preview(this.sketch.line());
    this.told();
  }

  paintLive(pen: Pen): void {
    if (this.parts.length > 1) this.parts.forEach((part, at) => pen.ring(part, null, at % 2 ? pen.colours.accent : pen.colours.amber, 0.16));
    this.sketch.paint(pen);
  }

  private clear(): void {
    this.sketch.clear();
    this.parts = [];
    this.target = "";
    this.sent = false;
    this.stage.counts([]);
    this.told();
  }

  private told(): void {
    this.stage.hint("");
    this.stage.refreshOptions();
  }

  private preview(line: readonly Place[]): void {
    this.target = this.aim(line);
    const shape = this.shapeOf(this.target);
    this.parts = shape && line.length > 1 ? cutShape(shape, line) : [];
    this.stage.counts(this.rows());
  }

  /** The chosen unit if the line touches it, else the unit under most of the line. */
  private aim(line: readonly Place[]): string {
    const [chosen] = this.stage.session.selected;
    const under = new Map<string, number>();
    for (const place of samples(line)) {
      const id = this.stage.unitAt(place);
      if (id) under.set(id, (under.get(id) ?? 0) + 1);
    }
    if (chosen && under.has(chosen)) return chosen;
    return [...under].sort((one, other) => other[1] - one[1])[0]?.[0] ?? chosen ?? "";
  }

  private shapeOf(id: string): Shape | null {
    return this.stage.coverage.shape(id) ?? this.stage.session.units.get(id)?.geometry?.coordinates ?? null;
  }

  private rows(): LiveCount[] {
    const { content } = this.stage.session;
    const unit = content.units.get(this.target);
    if (!unit || this.parts.length < 2) return [];
    const homes = content.homesOf(unit.id).map(({ lon, lat }): Place => [lon, lat]);
    const judged = content.isLeaf(unit);
    return this.parts.map((part, at) => {
      const inside = homes.filter((place) => inRing(place, part));
      const name = t("draw.part", { name: fullName(this.stage.session, unit), n: at + 1 });
      // Where the homes are, since the middle of a long part may lie out of sight.
      return freshRow(`${unit.id}/${at}`, name, inside.length, middle(inside.length > 0 ? inside : part), judged);
    });
  }
}

function samples(line: readonly Place[]): Place[] {
  const steps = Math.max(1, Math.ceil(SAMPLES / Math.max(1, line.length - 1)));
  return line.slice(1).flatMap((to, at) => {
    const from = line[at] ?? to;
    return Array.from({ length: steps }, (_, step): Place => {
      const share = (step + 0.5) / steps;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    });
  });
}

function middle(ring: readonly Place[]): Place | null {
  if (ring.length === 0) return null;
  const sum = ring.reduce<Place>(([lon, lat], [x, y]) => [lon + x, lat + y], [0, 0]);
  return [sum[0] / ring.length, sum[1] / ring.length];
}
