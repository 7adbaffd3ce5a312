// 涂: homes are moved to the chosen 邻 by a click, a brush or a lasso; they wear its colour at once and the counts follow.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { Place } from "../../wire";
import { fullName } from "../panel/names";
import { type HomePoint, inDrawnRing } from "../counting";
import { boxOfPlaces } from "../geometry";
import { HOME_TINTS, homeRadius } from "../layers";
import type { Pen } from "../pen";
import { away, type Point } from "../screen";
import type { Contact, Tool, ToolStage } from "../tool";
import { liveRows } from "./live";
import { homesUnder } from "./select";
import { Sketch } from "./sketch";

type Way = "click" | "brush" | "lasso";
const WAYS: Way[] = ["click", "brush", "lasso"];
// No 邻 has this colour yet.
const NEW_COLOUR = "#1b2422";
const BRUSH_PX = { least: 8, most: 60, first: 22 };

export class PaintTool implements Tool {
  readonly name = "paint";
  private way: Way = "brush";
  private size = BRUSH_PX.first;
  private fresh = false;
  private readonly lasso: Sketch;
  private painted = new Map<string, HomePoint>();
  private pointer: Point | null = null;
  private stroking = false;
  private sent = false;

  constructor(private readonly stage: ToolStage) {
    this.lasso = new Sketch(stage, true);
  }

  hint(): string {
    const name = this.targetName();
    return name ? t(`draw.hint_paint_${this.way}`, { name }) : t("draw.hint_paint_first");
  }

  start(): void {
    const { session } = this.stage;
    const [chosen] = session.selected;
    if (chosen && session.content.children(chosen).length > 0) session.setLevel("lin");
    this.clear();
  }

  stop(): void {
    this.pointer = null;
    this.clear();
  }

  options(): HTMLElement[] {
    const way = (one: Way) =>
      h("button", { type: "button", class: "segment", "aria-pressed": String(one === this.way), onclick: () => this.takeWay(one) }, t(`draw.way_${one}`));
    const size = h("input", { type: "range", min: BRUSH_PX.least, max: BRUSH_PX.most, value: this.size, "aria-label": t("draw.brush_size") });
    size.addEventListener("input", () => {
      this.size = Number(size.value);
      this.stage.redrawLive();
    });
    const fresh = h("button", { type: "button", class: "segment", "aria-pressed": String(this.fresh), onclick: () => this.takeFresh() }, t("draw.to_new_unit"));
    return [
      this.swatch(),
      h("div", { class: "segments", role: "group", "aria-label": t("draw.way") }, ...WAYS.map(way)),
      ...(this.way === "brush" ? [h("label", { class: "brush-size" }, h("span", { class: "reader" }, t("draw.brush_size")), size)] : []),
      fresh,
    ];
  }

  refresh(): void {
    if (this.sent) this.clear();
    if (this.stage.session.selected.length > 0 && this.fresh && !this.stroking) this.fresh = false;
  }

  press(at: Contact): boolean {
    if (!this.mayPaint() || this.way === "click") return false;
    this.stroking = true;
    this.pointer = at.point;
    if (this.way === "lasso") this.lasso.beginStroke(at);
    return true;
  }

  drag(at: Contact): void {
    const from = this.pointer ?? at.point;
    this.pointer = at.point;
    if (this.way === "lasso") {
      this.lasso.extendStroke(at);
      this.painted = new Map(this.takeable(inDrawnRing(this.stage.grid, this.lasso.line())).map((home) => [home.id, home]));
    } else {
      this.brushAlong(from, at.point);
    }
    this.preview();
  }

  drop(at: Contact): void {
    this.drag(at);
    this.send();
  }

  cancel(): void {
    this.clear();
  }

  tap(at: Contact): void {
    const under = homesUnder(this.stage, at);
    if (!this.mayPaint() || (under.length === 0 && this.way !== "brush")) return this.choose(at.place);
    if (under.length > 1) return this.stage.session.openStack(under);
    if (this.way === "brush") this.brushAlong(at.point, at.point);
    else for (const home of this.takeable(this.points(under))) this.painted.set(home.id, home);
    if (this.painted.size === 0) return this.choose(at.place);
    this.preview();
    this.send();
  }

  /** A long press takes the 邻 under it for the target, also where the brush would paint. */
  hold(at: Contact): void {
    this.choose(at.place);
  }

  hover(at: Contact | null): void {
    this.pointer = at?.point ?? null;
    this.stage.redrawLive();
  }

  giveUp(): boolean {
    const had = this.painted.size > 0;
    this.clear();
    return had;
  }

  paintLive(pen: Pen): void {
    const colour = this.colour();
    const radius = homeRadius(pen.screen.view.zoom) + 1.5;
    for (const { lon, lat } of this.painted.values()) pen.dot([lon, lat], radius, colour, pen.colours.halo, 2);
    if (this.way === "lasso") this.lasso.paint(pen);
    if (this.way === "brush" && this.pointer && this.mayPaint()) pen.disc(this.pointer, this.size, `${colour}22`, colour, 2);
  }

  private brushAlong(from: Point, to: Point): void {
    const screen = this.stage.screen();
    const steps = Math.max(1, Math.ceil(away(from, to) / (this.size / 2)));
    for (let step = 1; step <= steps; step++) {
      const [x, y]: Point = [from[0] + ((to[0] - from[0]) * step) / steps, from[1] + ((to[1] - from[1]) * step) / steps];
      const corners: Place[] = [screen.place([x - this.size, y - this.size]), screen.place([x + this.size, y + this.size])];
      for (const home of this.takeable(this.stage.grid.within(boxOfPlaces(corners)))) {
        if (away(screen.pixel([home.lon, home.lat]), [x, y]) <= this.size) this.painted.set(home.id, home);
      }
    }
  }

  private takeable(homes: HomePoint[]): HomePoint[] {
    const target = this.target();
    return homes.filter(({ unit_id }) => unit_id !== target);
  }

  private points(ids: string[]): HomePoint[] {
    return ids.map((id) => this.stage.session.homes.get(id)).filter((home) => home !== undefined);
  }

  /** The 邻 that homes go to; "" for one that is still to be made. */
  private target(): string {
    return this.fresh ? "" : (this.stage.session.selected[0] ?? "");
  }

  private mayPaint(): boolean {
    if (this.sent) return false;
    const { content, selected, units } = this.stage.session;
    const unit = units.get(selected[0] ?? "");
    return this.fresh || (unit !== undefined && content.isLeaf(unit));
  }

  private targetName(): string {
    if (this.fresh) return t("draw.new_unit");
    return this.mayPaint() ? fullName(this.stage.session, this.stage.session.units.get(this.target())) : "";
  }

  private colour(): string {
    return (this.fresh ? null : HOME_TINTS[this.stage.tints.of(this.target())]) ?? NEW_COLOUR;
  }

  private swatch(): HTMLElement {
    const dot = h("i", { class: "swatch", "aria-hidden": "true" });
    dot.style.background = this.mayPaint() ? this.colour() : "transparent";
    return h("span", { class: "paint-target" }, dot, this.targetName() || t("draw.no_target"));
  }

  private choose(place: Place): void {
    const leaf = this.stage.leafAt(place);
    this.fresh = false;
    if (leaf) this.stage.session.select([leaf]);
  }

  private takeWay(way: Way): void {
    this.way = way;
    this.told();
  }

  private takeFresh(): void {
    this.fresh = !this.fresh;
    this.told();
  }

  private preview(): void {
    const target = this.target();
    const moves = [...this.painted.values()].map(({ id, unit_id }) => ({ home: id, from: unit_id, to: target }));
    this.stage.counts(liveRows(this.stage, target ? [target] : [], moves));
  }

  private send(): void {
    const home_ids = [...this.painted.keys()];
    this.stroking = false;
    if (home_ids.length === 0) return this.clear();
    this.sent = true;
    const moves = [{ unit_id: this.target(), home_ids }];
    void this.stage.session.edit("paint", { moves }).then((reply) => {
      this.clear();
      const made = reply?.content.units.find(({ id }) => this.fresh && !known.has(id));
      if (made) this.stage.session.select([made.id]);
    });
    const known = new Set(this.stage.session.units.keys());
  }

  private clear(): void {
    this.painted = new Map();
    this.lasso.clear();
    this.stroking = false;
    this.sent = false;
    this.stage.counts([]);
    this.told();
  }

  private told(): void {
    this.stage.hint("");
    this.stage.refreshOptions();
    this.stage.redraw();
  }
}
