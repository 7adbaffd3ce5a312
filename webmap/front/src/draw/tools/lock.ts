// 锁: a click in a unit locks it, a click on a border between two units locks that border; a second click unlocks.
import { t } from "../../i18n/drawstage";
import type { Place } from "../../wire";
import { nearestOn } from "../cutting";
import { borderChains, type Edge, keyOf } from "../geometry";
import type { Pen } from "../pen";
import { away, type Point } from "../screen";
import type { Contact, Tool, ToolStage } from "../tool";

const BORDER_REACH_PX = 8;

interface Meant {
  line: Place[];
  locked: boolean;
}

export class LockTool implements Tool {
  readonly name = "lock";
  private near: Meant | null = null;
  private nearUnit: string | null = null;

  constructor(private readonly stage: ToolStage) {}

  hint(): string {
    return t("draw.hint_lock");
  }

  start(): void {}

  stop(): void {
    this.near = null;
    this.nearUnit = null;
  }

  refresh(): void {
    this.near = null;
  }

  hover(at: Contact | null): void {
    this.near = at ? this.borderAt(at) : null;
    this.nearUnit = at && !this.near ? this.stage.unitAt(at.place) : null;
    this.stage.redrawLive();
  }

  tap(at: Contact): void {
    const { session } = this.stage;
    if (session.busy) return;
    const border = this.borderAt(at);
    if (border) return void session.edit("lock_border", { line: border.line, locked: !border.locked });
    const unit = session.units.get(this.stage.unitAt(at.place) ?? "");
    if (!unit) return;
    session.select([unit.id]);
    void session.edit("lock", { unit_id: unit.id, locked: !unit.locked });
  }

  paintLive(pen: Pen): void {
    if (this.near) pen.line(this.near.line, { colour: pen.colours.accent, width: 6, rim: true });
    const unit = this.stage.session.units.get(this.nearUnit ?? "");
    for (const part of unit?.geometry?.coordinates ?? []) pen.ring(part[0] ?? [], { colour: pen.colours.accent, width: 3 }, pen.colours.accent, 0.1);
  }

  private borderAt({ point, touch }: Contact): Meant | null {
    const edge = this.edgeAt(point, touch ? BORDER_REACH_PX * 1.6 : BORDER_REACH_PX);
    if (!edge) return null;
    const { content, locks, level } = this.stage.session;
    const known = locks.find(({ line }) => holds(line, edge));
    if (known) return { line: known.line, locked: true };
    const [one = "", other = ""] = edge.units;
    const lifted = [content.atLevel(one, level), content.atLevel(other, level)] as const;
    const [left, right] = lifted[0] === lifted[1] ? [one, other] : lifted;
    const sides = [new Set(content.leavesOf(left)), new Set(content.leavesOf(right))] as const;
    const chains = borderChains(this.stage.coverage.allEdges(), (leaf) => (sides[0].has(leaf) ? 0 : sides[1].has(leaf) ? 1 : null));
    const line = chains.find((chain) => holds(chain, edge));
    return line ? { line, locked: false } : null;
  }

  private edgeAt(point: Point, reach: number): Edge | null {
    const screen = this.stage.screen();
    let [best, least]: [Edge | null, number] = [null, reach];
    for (const edge of this.stage.coverage.allEdges()) {
      if (edge.units.length < 2) continue;
      const far = away(nearestOn(point, screen.pixel(edge.a), screen.pixel(edge.b)), point);
      if (far < least) [best, least] = [edge, far];
    }
    return best;
  }
}

function holds(line: readonly Place[], { a, b }: Edge): boolean {
  const keys = line.map(keyOf);
  return keys.slice(1).some((key, at) => {
    const before = keys[at];
    return (before === keyOf(a) && key === keyOf(b)) || (before === keyOf(b) && key === keyOf(a));
  });
}
