// The session at work: asks the server, applies what comes back, tells the listeners; no page and no map in here.
import { ApiError, query } from "../api";
import { t } from "../i18n/drawstage";
import { boxAround } from "../map/bounds";
import type { Box, DrawUnit, EditReply, MapInfo, Place, PlanCard, PlanContent } from "../wire";
import { Content, NOTHING_TOUCHED, type Touched } from "./content";
import type { Camera, Door, DrawEvent, DrawLevel, DrawSession, ToolName, Way } from "./session";

// A broken connection is tried again with the same id, so that an edit that did arrive is not done twice.
const RETRY_AFTER_MS = [400, 1500];

/** Where an act is posted to under the plan, and what goes along. */
interface Posted {
  path: string;
  body: object;
  again: () => void;
  /** The same with 邻 in several parts allowed, where that is a way out. */
  inPieces?: (() => void) | undefined;
}

export class Opened implements DrawSession {
  plan: PlanCard = noPlan("");
  unitId: string | null = null;
  touched: Touched = NOTHING_TOUCHED;
  selected: readonly string[] = [];
  level: DrawLevel = "lin";
  tool: ToolName = "select";
  stack: readonly string[] = [];
  refusedAt: Place | null = null;
  rings: readonly string[] = [];
  readonly content = new Content();
  private readonly listeners = new Map<DrawEvent, Set<() => void>>();
  private camera: Camera | null = null;
  private pending = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly info: MapInfo,
    private readonly door: Door,
  ) {}

  get units() {
    return this.content.units;
  }
  get homes() {
    return this.content.homes;
  }
  get lines() {
    return this.content.lines;
  }
  get locks() {
    return this.content.locks;
  }
  get problems() {
    return this.content.problems;
  }
  get counts() {
    return this.content.counts;
  }
  get revision() {
    return this.content.revision;
  }
  get mayEdit() {
    return this.plan.may?.edit === true;
  }
  get busy() {
    return this.pending > 0;
  }
  get map() {
    return this.camera?.map ?? null;
  }

  on(event: DrawEvent, listener: () => void): () => void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(listener));
    return () => known.delete(listener);
  }

  /** Let the stage bring what moves the view. */
  attach(camera: Camera): void {
    this.camera = camera;
  }

  edit(act: string, args: object): Promise<EditReply | null> {
    const again = () => void this.edit(act, args);
    const inPieces = act === "paint" ? () => void this.edit(act, { ...args, pieces: true }) : undefined;
    return this.post({ path: "edits", body: { act, ...args }, again, inPieces });
  }

  async undo(): Promise<void> {
    await this.post({ path: "undo", body: {}, again: () => void this.undo() });
  }

  async redo(): Promise<void> {
    await this.post({ path: "redo", body: {}, again: () => void this.redo() });
  }

  restore(to: number): Promise<EditReply | null> {
    return this.post({ path: "restore", body: { to }, again: () => void this.restore(to) });
  }

  async reload(planId = this.plan.id): Promise<void> {
    if (!planId) return this.unitId ? this.openVillage(this.unitId) : undefined;
    const path = planPath(planId);
    const same = this.plan.id === planId;
    await this.during(async () => {
      const [card, content] = await Promise.all([
        this.door.ask<PlanCard>(path),
        this.door.ask<PlanContent>(`${path}/content`),
      ]);
      this.show(card, card.unit.id, content, same);
    });
  }

  async openVillage(unitId: string): Promise<void> {
    await this.during(async () => {
      const content = await this.door.ask<PlanContent>(`/api/units/${encodeURIComponent(unitId)}/content`);
      this.show(noPlan(unitId), unitId, content, false);
    });
  }

  takeCard(card: PlanCard): void {
    if (card.id !== this.plan.id) return;
    this.plan = { ...this.plan, ...card };
    this.emit("plan");
  }

  select(ids: readonly string[]): void {
    const known = [...new Set(ids)].filter((id) => this.units.has(id));
    if (known.length === this.selected.length && known.every((id, at) => id === this.selected[at])) return;
    this.selected = known;
    this.emit("selected");
  }

  setLevel(level: DrawLevel): void {
    if (level === this.level) return;
    this.level = level;
    const lifted = this.selected.map((id) => this.content.atLevel(id, level));
    this.emit("tool");
    this.select(lifted);
  }

  setTool(tool: ToolName): void {
    if (tool !== "select" && !this.mayEdit) return;
    this.tool = tool;
    this.emit("tool");
  }

  openStack(homeIds: readonly string[]): void {
    this.stack = homeIds;
    this.emit("stack");
  }

  preview(homeIds: readonly string[]): void {
    this.rings = homeIds;
    this.emit("rings");
  }

  flyToUnit(id: string): void {
    const box = boxOf(this.units.get(id));
    if (box) this.camera?.box(box);
  }

  flyTo(place: Place): void {
    this.camera?.place(place);
  }

  offer(words: string, ways: Way[]): void {
    this.door.offer(words, ways);
  }

  /** Forget where the last refused edit went wrong. */
  forgive(): void {
    if (!this.refusedAt) return;
    this.refusedAt = null;
    this.emit("refused");
  }

  private emit(event: DrawEvent): void {
    [...(this.listeners.get(event) ?? [])].forEach((listener) => listener());
  }

  private show(card: PlanCard, unitId: string, content: PlanContent, same: boolean): void {
    this.plan = card;
    this.unitId = unitId;
    if (!same) {
      this.selected = [];
      this.stack = [];
      this.refusedAt = null;
      this.rings = [];
    }
    this.take(content);
    if (!this.mayEdit) this.tool = "select";
    for (const event of ["plan", "tool", "selected", "stack", "refused", "rings"] as const) this.emit(event);
  }

  private take(content: PlanContent): void {
    this.touched = this.content.apply(content);
    this.keepCard(content);
    this.selected = this.selected.filter((id) => this.units.has(id));
    this.emit("content");
    this.emit("selected");
  }

  private keepCard({ counts: { pian, zu, lin, homes, error, warning }, revision }: PlanContent): void {
    this.plan = { ...this.plan, revision, counts: { pian, zu, lin, homes }, violations: { error, warning } };
  }

  private async during(work: () => Promise<void>): Promise<void> {
    this.pending += 1;
    this.emit("busy");
    try {
      await work();
    } catch (error) {
      this.tellFailure(error);
    } finally {
      this.pending -= 1;
      this.emit("busy");
    }
  }

  // One after the other: an edit names the revision that the one before it made.
  private post(wanted: Posted): Promise<EditReply | null> {
    const done = this.queue.then(() => this.postNow(wanted));
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async postNow(wanted: Posted): Promise<EditReply | null> {
    const plan = this.plan;
    if (!plan.id) return null;
    let reply: EditReply | null = null;
    await this.during(async () => {
      this.forgive();
      try {
        const body = { id: this.door.id(), revision: this.revision, ...wanted.body };
        reply = await this.sendSurely(`${planPath(plan.id)}/${wanted.path}`, body);
      } catch (error) {
        if (!this.tookOver(error, wanted) && !this.offeredPieces(error, wanted)) throw error;
        return;
      }
      if (this.plan.id !== plan.id) return;
      this.plan = { ...this.plan, may: { ...this.plan.may, ...reply.may } };
      this.take(reply.content);
      this.emit("plan");
    });
    return reply;
  }

  private async sendSurely(path: string, body: object): Promise<EditReply> {
    for (const after_ms of RETRY_AFTER_MS) {
      try {
        return await this.door.ask<EditReply>(path, { method: "POST", body });
      } catch (error) {
        if (!(error instanceof ApiError && error.code === "network")) throw error;
      }
      await this.door.wait(after_ms);
    }
    return this.door.ask<EditReply>(path, { method: "POST", body });
  }

  // Somebody else was quicker: show his work at once, and offer to do ours again upon it.
  private tookOver(error: unknown, { again }: Posted): boolean {
    if (!(error instanceof ApiError) || error.code !== "plan.stale_revision") return false;
    const delta = (error.more["delta"] ?? error.values["delta"]) as PlanContent | null | undefined;
    // Too old for a difference: ask for everything.
    if (!delta) {
      this.door.offer(error.message, [{ words: "draw.do_again", act: () => void this.reload().then(again) }]);
      return true;
    }
    const units = delta.units.map(({ id }) => id);
    this.take(delta);
    this.emit("plan");
    this.door.offer(error.message, [
      { words: "draw.see_difference", act: () => this.showUnits(units) },
      { words: "draw.do_again", act: again },
    ]);
    return true;
  }

  private offeredPieces(error: unknown, { inPieces }: Posted): boolean {
    if (!(error instanceof ApiError) || error.code !== "redraw.in_pieces" || !inPieces) return false;
    this.showPlace(error);
    this.door.offer(error.message, [{ words: "draw.allow_pieces", act: inPieces }]);
    return true;
  }

  private showUnits(ids: string[]): void {
    const leaves = ids.filter((id) => this.units.has(id) && this.content.leavesOf(id)[0] === id);
    this.select(leaves);
    const corners = leaves.flatMap((id) => boxCorners(boxOf(this.units.get(id))));
    const box = boxAround(corners);
    if (box) this.camera?.box(box);
  }

  private tellFailure(error: unknown): void {
    if (error instanceof ApiError) this.showPlace(error);
    this.door.tell(error instanceof Error && error.message ? error.message : t("error.unknown"), "error");
  }

  private showPlace({ values }: ApiError): void {
    const place = values["place"];
    if (!Array.isArray(place) || place.length !== 2) return;
    this.refusedAt = place as Place;
    this.emit("refused");
  }
}

// Stands for "no plan": the net in force may be looked at, not edited.
function noPlan(unitId: string): PlanCard {
  const unit = { id: unitId, level: "village", code: "", name: "" } as const;
  const counts = { pian: 0, zu: 0, lin: 0, homes: 0 };
  const violations = { error: 0, warning: 0 };
  return { id: "", name: "", unit, state: "published", at: "", by: "", revision: 0, counts, violations, objective_m2: 0, proof: null, may: {} };
}

function planPath(id: string): string {
  return `/api/plans/${encodeURIComponent(id)}`;
}

function boxOf(unit: DrawUnit | undefined): Box | null {
  return unit?.geometry ? boxAround(unit.geometry.coordinates.flatMap((rings) => rings[0] ?? [])) : null;
}

function boxCorners(box: Box | null): Place[] {
  return box ? [[box[0], box[1]], [box[2], box[3]]] : [];
}

/** The address of a village or plan on /draw. */
export function drawAddress(unitId: string | null, planId: string | null): string {
  return `/draw${query({ unit: planId ? null : unitId, plan: planId })}`;
}
