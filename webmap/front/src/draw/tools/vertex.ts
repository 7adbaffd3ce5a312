// 移: drag a vertex of a shared border and the neighbours follow; drag a mid-point to bend an edge; Delete takes one out.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { Place } from "../../wire";
import { changing, type Move } from "../counting";
import { boxOfPlaces, samePlace, type Shape } from "../geometry";
import type { Pen } from "../pen";
import type { Contact, Tool, ToolStage } from "../tool";
import { type Handle, handleAt, handlesIn } from "./handles";
import { liveRows } from "./live";
import { moveWays } from "./moveways";

interface Drag {
  handle: Handle;
  to: Place;
  /** The other ends of the edges that move. */
  ends: Place[];
  sent: boolean;
}

export class VertexTool implements Tool {
  readonly name = "vertex";
  private handles: Handle[] = [];
  private seen = "";
  private drag_: Drag | null = null;
  private chosen: Handle | null = null;
  private near: Handle | null = null;

  constructor(private readonly stage: ToolStage) {}

  hint(): string {
    if (this.chosen) return t("draw.hint_vertex_chosen");
    return t(this.list().length > 0 ? "draw.hint_vertex" : "draw.hint_vertex_none");
  }

  start(): void {
    this.refresh();
  }

  stop(): void {
    this.drag_ = null;
    this.chosen = null;
    this.near = null;
  }

  refresh(): void {
    this.seen = "";
    this.drag_ = this.drag_?.sent ? null : this.drag_;
    this.chosen = null;
    this.near = null;
  }

  options(): HTMLElement[] {
    const button = h("button", { type: "button", class: "button", disabled: this.chosen === null, onclick: () => this.remove() }, t("draw.delete_vertex"));
    return [moveWays(this.stage), button];
  }

  press(at: Contact): boolean {
    const handle = handleAt(this.list(), at.point, at.reach);
    if (!handle || this.stage.session.busy) return false;
    const { coverage } = this.stage;
    const ends = handle.between ?? coverage.linked(handle.place);
    this.drag_ = { handle, to: handle.place, ends: [...ends], sent: false };
    this.stage.gather(handle.kind === "vertex" ? handle.place : undefined);
    this.near = handle;
    this.stage.redraw();
    return true;
  }

  drag(at: Contact): void {
    if (!this.drag_) return;
    this.drag_.to = this.stage.meant(at);
    this.preview(this.drag_);
  }

  drop(at: Contact): void {
    const drag = this.drag_;
    if (!drag) return;
    drag.to = this.stage.meant(at);
    drag.sent = true;
    this.preview(drag);
    void this.send(drag);
  }

  cancel(): void {
    this.drag_ = null;
    this.stage.counts([]);
  }

  tap(at: Contact): void {
    const handle = handleAt(this.list(), at.point, at.reach);
    if (handle?.kind === "vertex") {
      this.chosen = handle;
    } else if (this.chosen) {
      this.chosen = null;
    } else {
      const id = this.stage.unitAt(at.place);
      this.stage.session.select(id ? [id] : []);
    }
    this.told();
  }

  hold(at: Contact): void {
    const handle = handleAt(this.list(), at.point, at.reach);
    if (handle?.kind !== "vertex") return;
    this.chosen = handle;
    this.remove();
  }

  hover(at: Contact | null): void {
    const near = at ? handleAt(this.list(), at.point, at.reach) : null;
    if (near?.place === this.near?.place) return;
    this.near = near;
    this.stage.redrawLive();
  }

  remove(): void {
    const place = this.chosen?.place;
    if (!place) return;
    this.chosen = null;
    void this.stage.session.edit("delete_vertex", { at: place }).then(() => this.told());
  }

  giveUp(): boolean {
    const had = this.drag_ !== null || this.chosen !== null;
    this.drag_ = null;
    this.chosen = null;
    if (had) this.told();
    return had;
  }

  paint(pen: Pen): void {
    const drag = this.drag_;
    for (const handle of this.list()) {
      if (drag && [handle.place, ...(handle.between ?? [])].some((place) => samePlace(place, drag.handle.place))) continue;
      pen.handle(handle.place, handle.kind);
    }
    if (this.chosen) pen.dot(this.chosen.place, 9, pen.colours.red, pen.colours.halo, 3);
  }

  paintLive(pen: Pen): void {
    if (this.drag_) this.paintDrag(pen, this.drag_);
    else if (this.near) pen.handle(this.near.place, "held");
  }

  // Where the border was is a pale dashed line, where it goes a strong one, and the ground between changes hands.
  private paintDrag(pen: Pen, { handle, to, ends }: Drag): void {
    const { accent, muted, land } = pen.colours;
    for (const end of ends) {
      pen.ring([end, handle.place, to], null, accent, 0.2);
    }
    for (const end of ends) {
      pen.line([handle.place, end], { colour: land, width: 3 });
      pen.line([handle.place, end], { colour: muted, width: 1.2, dash: [4, 4] });
    }
    for (const end of ends) pen.line([to, end], { colour: accent, width: 3, rim: true });
    for (const end of ends) if (!this.stage.coverage.isOuter(end)) pen.handle(end, "vertex");
    pen.handle(to, "held");
  }

  private preview({ handle, to, ends }: Drag): void {
    const { coverage, grid } = this.stage;
    const after: Map<string, Shape> = handle.between ? coverage.inserted(...handle.between, to) : coverage.moved(handle.place, to);
    const moves: Move[] = changing(coverage, after, grid.within(boxOfPlaces([handle.place, to, ...ends])));
    this.stage.counts(liveRows(this.stage, [...after.keys()], moves));
  }

  private async send({ handle, to }: Drag): Promise<void> {
    const { session } = this.stage;
    const done = handle.between
      ? session.edit("insert_vertex", { between: handle.between, to })
      : session.edit("move_vertex", { at: handle.place, to });
    await done;
    this.drag_ = null;
    this.stage.counts([]);
  }

  private told(): void {
    this.stage.hint("");
    this.stage.refreshOptions();
    this.stage.redraw();
  }

  private list(): Handle[] {
    const screen = this.stage.screen();
    const { lon, lat, zoom, width, height } = screen.view;
    const now = [lon, lat, zoom, width, height].join();
    if (now !== this.seen) {
      this.handles = handlesIn(this.stage, screen);
      this.seen = now;
    }
    return this.handles;
  }
}
