// What a plan holds at one revision, kept up to date by the differences that the server sends; pure, no map and no page.
import type { DrawHome, DrawLine, DrawUnit, Level, Place, PlanContent } from "../wire";

/** What an applied content touched, so that only that is drawn again. */
export interface Touched {
  full: boolean;
  units: string[];
  gone: string[];
  homes: string[];
}

export type Problem = PlanContent["problems"][number];

export const NOTHING_TOUCHED: Touched = { full: false, units: [], gone: [], homes: [] };
const DEPTH: readonly Level[] = ["village", "pian", "zu", "lin"];

/** Units, homes and lines of a plan or of the net in force. */
export class Content {
  revision = 0;
  units = new Map<string, DrawUnit>();
  homes = new Map<string, DrawHome>();
  lines: DrawLine[] = [];
  locks: { line: Place[] }[] = [];
  problems: Problem[] = [];
  counts: PlanContent["counts"] = { pian: 0, zu: 0, lin: 0, homes: 0, error: 0, warning: 0 };
  private below = new Map<string, string[]>();

  /** Take what the server sent: everything, or what differs from the revision before. */
  apply(sent: PlanContent): Touched {
    if (sent.full) this.clear();
    for (const id of sent.gone) this.units.delete(id);
    for (const unit of sent.units) this.units.set(unit.id, unit);
    for (const home of sent.homes) this.takeHome(home);
    if (sent.lines && (sent.full || sent.lines.length > 0)) this.lines = sent.lines;
    this.locks = sent.locks;
    this.problems = sent.problems;
    this.counts = sent.counts;
    this.revision = sent.revision;
    this.countChildren();
    return { full: sent.full, units: sent.units.map(({ id }) => id), gone: sent.gone, homes: sent.homes.map(({ id }) => id) };
  }

  /** The village itself, which every other unit lies in. */
  village(): DrawUnit | null {
    return [...this.units.values()].find(({ level }) => level === "village") ?? null;
  }

  children(id: string): string[] {
    return this.below.get(id) ?? [];
  }

  /** Whether a unit is a leaf: one of those that tile the village. */
  isLeaf({ id, level }: DrawUnit): boolean {
    return level !== "village" && this.children(id).length === 0;
  }

  leaves(): DrawUnit[] {
    return [...this.units.values()].filter((unit) => this.isLeaf(unit));
  }

  /** The leaves that a unit consists of (itself when it is one). */
  leavesOf(id: string): string[] {
    const under = this.children(id);
    return under.length === 0 ? [id] : under.flatMap((child) => this.leavesOf(child));
  }

  /** A unit and what it lies in, the deepest first; without the village. */
  chain(id: string): DrawUnit[] {
    const found: DrawUnit[] = [];
    for (let unit = this.units.get(id); unit && unit.level !== "village"; unit = this.units.get(unit.parent_id ?? "")) {
      found.push(unit);
    }
    return found;
  }

  /** The unit of a level that holds `id`; where the chain skips that level, the nearest deeper one. */
  atLevel(id: string, level: Level): string {
    const wanted = DEPTH.indexOf(level);
    const fitting = this.chain(id).filter((unit) => DEPTH.indexOf(unit.level) >= wanted);
    return fitting.at(-1)?.id ?? id;
  }

  /** The homes of a unit of any level. */
  homesOf(id: string): DrawHome[] {
    const leaves = new Set(this.leavesOf(id));
    return [...this.homes.values()].filter(({ unit_id }) => unit_id !== null && leaves.has(unit_id));
  }

  private clear(): void {
    this.units = new Map();
    this.homes = new Map();
    this.lines = [];
  }

  private takeHome(home: PlanContent["homes"][number]): void {
    const known = this.homes.get(home.id);
    if (known) this.homes.set(home.id, { ...known, ...home });
    else if (home.lon !== undefined && home.lat !== undefined) this.homes.set(home.id, home as DrawHome);
  }

  private countChildren(): void {
    this.below = new Map();
    for (const { id, parent_id } of this.units.values()) {
      if (!parent_id) continue;
      const brothers = this.below.get(parent_id);
      if (brothers) brothers.push(id);
      else this.below.set(parent_id, [id]);
    }
  }
}

/** How a unit is called on the map and in sentences: its name, else its code. */
export function unitName(unit: Pick<DrawUnit, "name" | "code"> | undefined): string {
  return unit ? unit.name || unit.code : "";
}

