// What a drawn line cuts a unit into, for the preview of the counts; the server decides what the cut really is. Pure.
import type { Place } from "../wire";
import { inRing, type Shape } from "./geometry";

interface Hit {
  /** Number of the line's segment plus the share of it. */
  along: number;
  place: Place;
}

/** The parts (outer rings, open) into which a line cuts a shape; one a part where it does not cut. */
export function cutShape(shape: Shape, line: readonly Place[]): Place[][] {
  return shape.flatMap(([outer]) => (outer ? cutRing(outer.slice(1), line) : []));
}

/** The parts into which a line cuts an open ring. */
export function cutRing(ring: Place[], line: readonly Place[]): Place[][] {
  const hits = crossings(ring, line);
  let parts = [ring];
  for (let at = 1; at < hits.length; at++) {
    const [from, to] = [hits[at - 1], hits[at]];
    if (!from || !to) continue;
    const piece = between(line, from, to);
    const middle = middleOf(piece);
    const whole = parts.find((part) => inRing(middle, part));
    if (!whole || !inRing(middle, ring)) continue;
    parts = parts.flatMap((part) => (part === whole ? split(part, piece) : [part]));
  }
  return parts;
}

function crossings(ring: readonly Place[], line: readonly Place[]): Hit[] {
  const hits: Hit[] = [];
  for (let at = 1; at < line.length; at++) {
    const [from, to] = [line[at - 1], line[at]];
    if (!from || !to) continue;
    ring.forEach((b, index) => {
      const a = ring.at(index - 1);
      const share = a ? meeting(from, to, a, b) : null;
      if (share !== null) hits.push({ along: at - 1 + share, place: along(from, to, share) });
    });
  }
  return hits.sort((one, other) => one.along - other.along);
}

function along([ax, ay]: Place, [bx, by]: Place, share: number): Place {
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}

/** The share of p-q at which it meets a-b, or null; a-b holds its first end only, so that a vertex is met once. */
function meeting(p: Place, q: Place, a: Place, b: Place): number | null {
  const [px, py] = [q[0] - p[0], q[1] - p[1]];
  const [ax, ay] = [b[0] - a[0], b[1] - a[1]];
  const turn = px * ay - py * ax;
  if (turn === 0) return null;
  const onLine = ((a[0] - p[0]) * ay - (a[1] - p[1]) * ax) / turn;
  const onEdge = ((a[0] - p[0]) * py - (a[1] - p[1]) * px) / turn;
  return onLine >= 0 && onLine < 1 && onEdge >= 0 && onEdge < 1 ? onLine : null;
}

function between(line: readonly Place[], from: Hit, to: Hit): Place[] {
  const bends = line.filter((_, at) => at > from.along && at < to.along);
  return [from.place, ...bends, to.place];
}

function middleOf(piece: readonly Place[]): Place {
  const at = Math.floor((piece.length - 1) / 2);
  return along(piece[at] ?? [0, 0], piece[at + 1] ?? piece[at] ?? [0, 0], 0.5);
}

function split(part: Place[], piece: Place[]): Place[][] {
  const [start, end] = [piece[0], piece.at(-1)];
  if (!start || !end) return [part];
  const [first, last] = [edgeOf(part, start), edgeOf(part, end)];
  const bends = piece.slice(1, -1);
  const one = [start, ...arc(part, first, last, start, end), end, ...bends.toReversed()];
  const other = [end, ...arc(part, last, first, end, start), start, ...bends];
  return [one, other];
}

/** The vertices of an open ring that follow edge `first` up to edge `last`; an edge has the number of its second end. */
function arc(part: readonly Place[], first: number, last: number, start: Place, end: Place): Place[] {
  const n = part.length;
  let steps = (last - first + n) % n;
  // Both ends on one edge: the way is empty, or once around.
  if (steps === 0 && !inOrder(part, first, start, end)) steps = n;
  return Array.from({ length: steps }, (_, step) => part[(first + step) % n] ?? start);
}

function inOrder(part: readonly Place[], edge: number, start: Place, end: Place): boolean {
  const from = part.at(edge - 1);
  return from !== undefined && distance2(from, start) <= distance2(from, end);
}

function distance2(a: Place, b: Place): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
}

function edgeOf(part: readonly Place[], place: Place): number {
  let [best, least] = [0, Infinity];
  part.forEach((b, index) => {
    const a = part.at(index - 1) ?? b;
    const away = distance2(place, nearestOn(place, a, b));
    if (away < least) [best, least] = [index, away];
  });
  return best;
}

/** The place on a-b nearest to `place`; plain planar, so give pixels or a small stretch of degrees. */
export function nearestOn([x, y]: Place, a: Place, b: Place): Place {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const long2 = dx * dx + dy * dy;
  const share = long2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / long2));
  return [a[0] + dx * share, a[1] + dy * share];
}

/** A freehand line with the places left out that lie within `most` of the straight way (Douglas and Peucker, 1973). */
export function simplify(line: readonly Place[], most: number): Place[] {
  const [first, last] = [line[0], line.at(-1)];
  if (!first || !last || line.length < 3) return [...line];
  let [at, far] = [0, 0];
  line.forEach((place, index) => {
    const away = Math.sqrt(distance2(place, nearestOn(place, first, last)));
    if (away > far) [at, far] = [index, away];
  });
  if (far <= most) return [first, last];
  return [...simplify(line.slice(0, at + 1), most).slice(0, -1), ...simplify(line.slice(at), most)];
}
