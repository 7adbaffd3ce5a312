// Which units lie side by side: those of a level that share an edge, a vertex being the same when its numbers are.
import type { DrawUnit, Place } from "../../wire";

type Ring = Place[];

function rings({ geometry }: DrawUnit): Ring[] {
  return geometry ? geometry.coordinates.flat() : [];
}

function edgeKey([ax, ay]: Place, [bx, by]: Place): string {
  const one = `${ax},${ay}`;
  const other = `${bx},${by}`;
  return one < other ? `${one};${other}` : `${other};${one}`;
}

function edges(unit: DrawUnit): string[] {
  return rings(unit).flatMap((ring) => ring.slice(1).map((to, index) => edgeKey(ring[index] ?? to, to)));
}

/** Give the units of the same level that share a piece of border with `unit`, the longest share first. */
export function neighbours(unit: DrawUnit, units: Iterable<DrawUnit>): DrawUnit[] {
  const mine = new Set(edges(unit));
  const shared = [...units]
    .filter(({ id, level }) => id !== unit.id && level === unit.level)
    .map((other) => ({ other, n: edges(other).filter((edge) => mine.has(edge)).length }));
  return shared
    .filter(({ n }) => n > 0)
    .sort((one, two) => two.n - one.n || one.other.code.localeCompare(two.other.code))
    .map(({ other }) => other);
}

/** Whether units of one level hang together, each reachable from the first through shared borders. */
export function inOnePiece(units: readonly DrawUnit[]): boolean {
  const [first, ...rest] = units;
  if (!first) return false;
  const left = new Set(rest);
  const queue = [first];
  for (let unit = queue.pop(); unit; unit = queue.pop()) {
    for (const near of neighbours(unit, left)) {
      left.delete(near);
      queue.push(near);
    }
  }
  return left.size === 0;
}
