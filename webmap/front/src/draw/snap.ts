// Snapping: the vertex, house or line near the pointer that it is drawn to, while the toggle is on. Pure.
import type { DrawLine, Place } from "../wire";
import { nearestOn } from "./cutting";
import { type Edge, keyOf, samePlace } from "./geometry";
import { away, type Point, type Screen } from "./screen";

/** What is in sight and may be snapped to, in pixels. */
export interface Targets {
  points: { at: Point; place: Place }[];
  segments: { a: Point; b: Point; from: Place; to: Place }[];
}

export interface SnapWish {
  edges: Iterable<Edge>;
  lines: readonly DrawLine[];
  homes: Iterable<{ lon: number; lat: number }>;
  /** The vertex in hand: neither it nor the edges at it are snapped to. */
  except?: Place | undefined;
}

export function linesOf({ geometry }: DrawLine): Place[][] {
  return geometry.type === "LineString" ? [geometry.coordinates] : geometry.coordinates;
}

/** Collect once, when a gesture begins, what may be snapped to in the view. */
export function targetsIn(screen: Screen, { edges, lines, homes, except }: SnapWish): Targets {
  const targets: Targets = { points: [], segments: [] };
  const seen = new Set<string>();
  const point = (place: Place) => {
    const at = screen.pixel(place);
    if (seen.has(keyOf(place)) || !screen.shows(at, 40)) return;
    seen.add(keyOf(place));
    targets.points.push({ at, place });
  };
  const segment = (from: Place, to: Place) => {
    const [a, b] = [screen.pixel(from), screen.pixel(to)];
    if (inSight(screen, a, b)) targets.segments.push({ a, b, from, to });
  };
  for (const { a, b } of edges) {
    if (except && (samePlace(a, except) || samePlace(b, except))) continue;
    point(a);
    point(b);
    segment(a, b);
  }
  for (const line of lines.flatMap(linesOf)) line.slice(1).forEach((to, at) => segment(line[at] ?? to, to));
  for (const { lon, lat } of homes) point([lon, lat]);
  return targets;
}

function inSight({ view }: Screen, a: Point, b: Point): boolean {
  const beside = (low: number, high: number, most: number) => Math.max(low, high) < -40 || Math.min(low, high) > most + 40;
  return !beside(a[0], b[0], view.width) && !beside(a[1], b[1], view.height);
}

/** Where a pointer is drawn to: a point within reach before a line within reach, else null. */
export function snapTo(screen: Screen, targets: Targets, pointer: Point, reach_px: number): Place | null {
  let [best, least]: [Place | null, number] = [null, reach_px];
  for (const { at, place } of targets.points) {
    const far = away(at, pointer);
    if (far < least) [best, least] = [place, far];
  }
  if (best) return best;
  for (const { a, b } of targets.segments) {
    const on = nearestOn(pointer, a, b);
    const far = away(on, pointer);
    if (far < least) [best, least] = [screen.place(on), far];
  }
  return best;
}
