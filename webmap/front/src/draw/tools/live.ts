// The rows of live counts that a tool shows: the leaves concerned and, where homes cross them, the units above.
import type { Place } from "../../wire";
import { fullName } from "../panel/names";
import { deltas, type Move } from "../counting";
import type { LiveCount, ToolStage } from "../tool";

/** Rows for leaves (also those that do not change) and for the units above whose count changes. */
export function liveRows({ session }: ToolStage, leaves: readonly string[], moves: readonly Move[]): LiveCount[] {
  const { content } = session;
  const changed = deltas(moves);
  const all = [...new Set([...leaves, ...changed.keys()])];
  const above = new Map<string, number>();
  for (const [id, by] of changed) {
    for (const unit of content.chain(id).slice(1)) above.set(unit.id, (above.get(unit.id) ?? 0) + by);
  }
  return [
    ...all.map((id) => row(id, changed.get(id) ?? 0, true)),
    ...[...above].filter(([, by]) => by !== 0).map(([id, by]) => ({ ...row(id, by, false), at: null })),
  ];

  function row(id: string, by: number, judged: boolean): LiveCount {
    const unit = content.units.get(id);
    const homes = unit?.homes ?? 0;
    return { id, name: fullName(session, unit), before: homes, after: homes + by, at: unit?.label ?? null, judged };
  }
}

/** A row for something that is not a unit yet. */
export function freshRow(id: string, name: string, homes: number, at: Place | null, judged = true): LiveCount {
  return { id, name, before: homes, after: homes, at, judged };
}
