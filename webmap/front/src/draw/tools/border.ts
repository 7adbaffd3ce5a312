// 移, the other way: the border between two units is drawn anew in one line, and both sides follow it.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { Place } from "../../wire";
import { fullName } from "../panel/names";
import { type HomePoint, type Move } from "../counting";
import { nearestOn } from "../cutting";
import { borderChains, boxOfPlaces, inRing } from "../geometry";
import type { Pen } from "../pen";
import { away } from "../screen";
import type { Contact, Tool, ToolStage } from "../tool";
import { liveRows } from "./live";
import { moveWays } from "./moveways";
import { Sketch } from "./sketch";

// A line that begins farther than this from any shared border means none.
const REACH_PX = 60;

interface Pair {
  ids: [string, string];
  sides: [Set<string>, Set<string>];
  chain: Place[];
}

export class BorderTool implements Tool {
  readonly name = "border";
  private readonly sketch: Sketch;
  private pair: Pair | null = null;
  private sent = false;

  constructor(private readonly stage: ToolStage) {
    this.sketch = new Sketch(stage, false);
  }

  hint(): string {
    if (!this.pair) return t("draw.hint_border");
    const [one, other] = this.pair.ids.map((id) => fullName(this.stage.session, this.stage.session.units.get(id)));
    return t("draw.hint_border_going", { one: one ?? "", other: other ?? "" });
  }

  options(): HTMLElement[] {
    const going = this.sketch.places.length > 1;
    return [moveWays(this.stage), ...(going ? [h("button", { type: "button", class: "button primary", onclick: () => this.finish() }, t("done"))] : [])];
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
    this.pair = this.pairNear(at);
    if (!this.pair) return false;
    this.sketch.beginStroke(at);
    this.stage.hint("");
    return true;
  }

  drag(at: Contact): void {
    this.sketch.extendStroke(at);
    this.preview();
  }

  drop(): void {
    this.sketch.places = this.sketch.endStroke();
    this.finish();
  }

  cancel(): void {
    this.clear();
  }

  tap(at: Contact): void {
    if (this.sent) return;
    if (this.sketch.places.length === 0) this.pair = this.pairNear(at);
    if (!this.pair) return;
    this.sketch.add(at);
    this.preview();
    this.told();
  }

  doubleTap(): void {
    this.finish();
  }

  hover(at: Contact | null): void {
    if (this.sent) return;
    if (this.sketch.places.length === 0) {
      this.pair = at ? this.pairNear(at) : null;
      return this.stage.redrawLive();
    }
    this.sketch.follow(at);
    this.preview();
  }

  finish(): void {
    const line = this.sketch.places;
    if (line.length < 2 || !this.pair || this.sent) return;
    this.sent = true;
    this.sketch.follow(null);
    this.preview();
    void this.stage.session.edit("move_border", { unit_ids: this.pair.ids, line }).then(() => this.clear());
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
    const { accent, muted, land } = pen.colours;
    if (this.pair) {
      pen.line(this.pair.chain, { colour: land, width: 5 });
      pen.line(this.pair.chain, { colour: this.sketch.empty ? accent : muted, width: 3, dash: [5, 4] });
    }
    this.sketch.paint(pen);
  }

  private clear(): void {
    this.sketch.clear();
    this.pair = null;
    this.sent = false;
    this.stage.counts([]);
    this.told();
  }

  private told(): void {
    this.stage.hint("");
    this.stage.refreshOptions();
    this.stage.redraw();
  }

  /** The two chosen units, or those whose border lies nearest. */
  private pairNear({ point }: Contact): Pair | null {
    const { content, selected, level } = this.stage.session;
    if (selected.length === 2) {
      const found = this.chainOf([selected[0] ?? "", selected[1] ?? ""], null);
      if (found) return found;
    }
    const screen = this.stage.screen();
    let [best, least]: [{ a: Place; b: Place; units: string[] } | null, number] = [null, REACH_PX];
    for (const edge of this.stage.coverage.allEdges()) {
      if (edge.units.length < 2) continue;
      const far = away(nearestOn(point, screen.pixel(edge.a), screen.pixel(edge.b)), point);
      if (far < least) [best, least] = [edge, far];
    }
    if (!best) return null;
    const [one = "", other = ""] = best.units;
    const lifted: [string, string] = [content.atLevel(one, level), content.atLevel(other, level)];
    return this.chainOf(lifted[0] === lifted[1] ? [one, other] : lifted, best.a);
  }

  private chainOf(ids: [string, string], near: Place | null): Pair | null {
    const { content } = this.stage.session;
    const sides: [Set<string>, Set<string>] = [new Set(content.leavesOf(ids[0])), new Set(content.leavesOf(ids[1]))];
    const chains = borderChains(this.stage.coverage.allEdges(), (leaf) => (sides[0].has(leaf) ? 0 : sides[1].has(leaf) ? 1 : null));
    const holding = near ? chains.find((chain) => chain.some((place) => place[0] === near[0] && place[1] === near[1])) : undefined;
    const chain = holding ?? chains.sort((a, b) => b.length - a.length)[0];
    return chain ? { ids, sides, chain } : null;
  }

  // The ground between the old border and the new line changes sides, and the homes on it.
  private preview(): void {
    const line = this.sketch.line();
    if (!this.pair || line.length < 2) return this.stage.counts([]);
    const { sides, chain, ids } = this.pair;
    const between = [...chain, ...(runsAlong(line, chain) ? line.toReversed() : line)];
    const homes = this.stage.grid.within(boxOfPlaces(between)).filter(({ lon, lat }) => inRing([lon, lat], between));
    const moves = homes.map((home) => this.crossing(home, sides)).filter((move) => move !== null);
    this.stage.counts(liveRows(this.stage, ids.every((id) => this.stage.coverage.shape(id)) ? ids : [], moves));
  }

  private crossing({ id, unit_id, lon, lat }: HomePoint, sides: Pair["sides"]): Move | null {
    if (unit_id === null) return null;
    const side = sides[0].has(unit_id) ? 0 : sides[1].has(unit_id) ? 1 : null;
    if (side === null) return null;
    const to = this.nearestLeaf([lon, lat], sides[side === 0 ? 1 : 0]);
    return to ? { home: id, from: unit_id, to } : null;
  }

  private nearestLeaf(place: Place, leaves: Set<string>): string | null {
    let [best, least]: [string | null, number] = [null, Infinity];
    for (const id of leaves) {
      for (const corner of (this.stage.coverage.shape(id) ?? []).flat(2)) {
        const far = away(corner, place);
        if (far < least) [best, least] = [id, far];
      }
    }
    return best;
  }
}

function runsAlong(line: readonly Place[], chain: readonly Place[]): boolean {
  const [start, end, first, last] = [line[0], line.at(-1), chain[0], chain.at(-1)];
  if (!start || !end || !first || !last) return true;
  return away(start, first) + away(end, last) <= away(start, last) + away(end, first);
}
