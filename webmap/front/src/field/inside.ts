// Whose ground a place is, told without the server from the borders that the phone holds.
import type { Place } from "../wire";
import type { Border, FieldUnit, Post, Ring } from "./wire";

// Metres of a degree of latitude on CGCS2000 in the middle of China; over the few hundred metres looked at here it errs by centimetres.
const DEGREE_M = 110_900;
const DEEPEST_FIRST = ["lin", "zu", "pian", "village", "town", "county"];

/** The unit at a place with all above it, deepest last, and its neighbours that the circle of uncertainty reaches. */
export interface Ground {
  chain: FieldUnit[];
  near: FieldUnit[];
}

/** Tell whether a place (lon, lat) lies in a border; holes are outside. */
export function isInside(border: Border, place: Place): boolean {
  return polygons(border).some(([outer, ...holes]) => outer !== undefined && inRing(outer, place) && !holes.some((hole) => inRing(hole, place)));
}

/** Give how far a place is from the nearest line of a border, in metres. */
export function farFromLine_m(border: Border, place: Place): number {
  let least_m = Infinity;
  for (const rings of polygons(border)) {
    for (const ring of rings) {
      for (let at = 1; at < ring.length; at += 1) least_m = Math.min(least_m, toSegment_m(place, ring[at - 1]!, ring[at]!));
    }
  }
  return least_m;
}

/** Give whose ground a place is, known to some metres; null where no border holds it. */
export function groundAt(units: readonly FieldUnit[], place: Place, accuracy_m: number): Ground | null {
  const own = deepest(units.filter(({ border }) => border !== null && isInside(border, place)));
  if (!own) return null;
  const near = units.filter((one) => one.level === own.level && one.id !== own.id && one.border !== null && farFromLine_m(one.border, place) <= accuracy_m);
  return { chain: chainOf(units, own), near };
}

function deepest(found: readonly FieldUnit[]): FieldUnit | undefined {
  return [...found].sort((one, other) => DEEPEST_FIRST.indexOf(one.level) - DEEPEST_FIRST.indexOf(other.level))[0];
}

/** Give a unit with all above it, deepest last. */
export function chainOf(units: readonly FieldUnit[], own: FieldUnit): FieldUnit[] {
  const byId = new Map(units.map((one) => [one.id, one]));
  const chain: FieldUnit[] = [];
  for (let one: FieldUnit | undefined = own; one && !chain.includes(one); one = one.parent ? byId.get(one.parent) : undefined) chain.unshift(one);
  return chain;
}

/** Give who answers on a chain: the deepest chief who is there, for a vacant post the one above. */
export function answering(posts: readonly Post[], chain: readonly FieldUnit[]): { unit: FieldUnit; post: Post } | null {
  for (const unit of [...chain].reverse()) {
    const post = posts.find((one) => one.unit === unit.id && one.post === "chief" && !one.vacant);
    if (post) return { unit, post };
  }
  return null;
}

/** Give how far two places are from each other, in metres; good to a per mille within a county. */
export function apart_m(one: Place, other: Place): number {
  const [x, y] = offset_m(one, other);
  return Math.hypot(x, y);
}

function polygons(border: Border): readonly (readonly Ring[])[] {
  return border.type === "Polygon" ? [border.coordinates] : border.coordinates;
}

// Even-odd: count the edges that a ray to the east crosses.
function inRing(ring: Ring, [lon, lat]: Place): boolean {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [x1 = 0, y1 = 0] = ring[at]!;
    const [x0 = 0, y0 = 0] = ring[before]!;
    if (y1 > lat !== y0 > lat && lon < ((x0 - x1) * (lat - y1)) / (y0 - y1) + x1) inside = !inside;
  }
  return inside;
}

function offset_m([lon, lat]: Place, [toLon = 0, toLat = 0]: readonly number[]): [number, number] {
  return [(toLon - lon) * DEGREE_M * Math.cos((lat * Math.PI) / 180), (toLat - lat) * DEGREE_M];
}

function toSegment_m(place: Place, from: readonly number[], to: readonly number[]): number {
  const [x0, y0] = offset_m(place, from);
  const [x1, y1] = offset_m(place, to);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const long = dx * dx + dy * dy;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, -(x0 * dx + y0 * dy) / long));
  return Math.hypot(x0 + share * dx, y0 + share * dy);
}
