// Which colour the homes of a 邻 wear while homes are painted: neighbours differ wherever eight colours allow it. Pure.
import type { Coverage } from "./geometry";

export const TINTS = 8;

export class Tints {
  private readonly known = new Map<string, number>();

  constructor(private readonly coverage: Coverage) {}

  /** The tint of a 邻: given once, and kept while the plan is open, so that no colour jumps under the pointer. */
  of(id: string): number {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const near = new Set([...this.coverage.neighbours(id)].map((other) => this.known.get(other)));
    const first = spread(id);
    const free = Array.from({ length: TINTS }, (_, step) => (first + step) % TINTS).find((tint) => !near.has(tint));
    this.known.set(id, free ?? first);
    return free ?? first;
  }
}

// Begin at a place that follows from the id, so that not every village begins with the same colour.
function spread(id: string): number {
  let sum = 0;
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0;
  return sum % TINTS;
}
