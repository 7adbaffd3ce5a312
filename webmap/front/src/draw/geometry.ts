// The geometry of redrawing, pure: which units share a vertex, what moves when one is dragged, and which homes change sides.
//
// The leaves tile the village, and a vertex is the same in two of them when its numbers are exactly the same. Only what
// a gesture touches is computed again: the star of a vertex (the units that have it) and the homes near it.
import type { Box, Place } from "../wire";

/** A MultiPolygon's coordinates: parts, rings (the outer one first), places; rings are closed. */
export type Shape = Place[][][];

export interface Edge {
  a: Place;
  b: Place;
  /** The units on its sides: one on the village's own border, else two. */
  units: string[];
}

interface Vertex {
  place: Place;
  units: Set<string>;
  edges: Set<Edge>;
}

export function keyOf([lon, lat]: Place): string {
  return `${lon},${lat}`;
}

export function samePlace(one: Place, other: Place): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function edgeKey(a: Place, b: Place): string {
  const one = keyOf(a);
  const other = keyOf(b);
  return one < other ? `${one};${other}` : `${other};${one}`;
}

/** The shapes of the leaves with their shared vertices and edges, kept in step as units change. */
export class Coverage {
  private readonly shapes = new Map<string, Shape>();
  private readonly vertices = new Map<string, Vertex>();
  private readonly edges = new Map<string, Edge>();

  put(id: string, shape: Shape): void {
    this.drop(id);
    this.shapes.set(id, shape);
    for (const ring of shape.flat()) {
      ring.slice(1).forEach((to, at) => {
        const from = ring[at] ?? to;
        const key = edgeKey(from, to);
        const edge = this.edges.get(key) ?? { a: from, b: to, units: [] };
        this.edges.set(key, edge);
        edge.units.push(id);
        for (const end of [from, to]) {
          const vertex = this.vertices.get(keyOf(end)) ?? { place: end, units: new Set(), edges: new Set() };
          this.vertices.set(keyOf(end), vertex);
          vertex.units.add(id);
          vertex.edges.add(edge);
        }
      });
    }
  }

  drop(id: string): void {
    const shape = this.shapes.get(id);
    if (!shape) return;
    this.shapes.delete(id);
    for (const ring of shape.flat()) {
      ring.slice(1).forEach((to, at) => this.dropEdge(ring[at] ?? to, to, id));
    }
  }

  shape(id: string): Shape | undefined {
    return this.shapes.get(id);
  }

  /** The units that have a vertex. */
  star(place: Place): string[] {
    return [...(this.vertices.get(keyOf(place))?.units ?? [])];
  }

  /** The vertices at the other ends of the edges at a place. */
  linked(place: Place): Place[] {
    return [...(this.vertices.get(keyOf(place))?.edges ?? [])].map(({ a, b }) => (samePlace(a, place) ? b : a));
  }

  edge(a: Place, b: Place): Edge | undefined {
    return this.edges.get(edgeKey(a, b));
  }

  allEdges(): Iterable<Edge> {
    return this.edges.values();
  }

  /** Whether a vertex lies on the village's own border, which is not redrawn here. */
  isOuter(place: Place): boolean {
    return [...(this.vertices.get(keyOf(place))?.edges ?? [])].some(({ units }) => units.length === 1);
  }

  /** Units that share an edge with `id`. */
  neighbours(id: string): Set<string> {
    const found = new Set<string>();
    for (const ring of (this.shapes.get(id) ?? []).flat()) {
      ring.slice(1).forEach((to, at) => this.edge(ring[at] ?? to, to)?.units.forEach((unit) => found.add(unit)));
    }
    found.delete(id);
    return found;
  }

  /** The unit whose shape holds a place, if any. */
  at(place: Place): string | null {
    for (const [id, shape] of this.shapes) if (inShape(place, shape)) return id;
    return null;
  }

  /** What the units of a star become when their vertex moves from `at` to `to`. */
  moved(at: Place, to: Place): Map<string, Shape> {
    return this.changed(this.star(at), (ring) => ring.map((place) => (samePlace(place, at) ? to : place)));
  }

  /** What both sides of an edge become when `to` is put into it. */
  inserted(a: Place, b: Place, to: Place): Map<string, Shape> {
    return this.changed(this.edge(a, b)?.units ?? [], (ring) =>
      ring.flatMap((place, at) => (at > 0 && isEdge(ring[at - 1] ?? place, place, a, b) ? [to, place] : [place])),
    );
  }

  /** What the units of a star become when their vertex is taken out. */
  deleted(at: Place): Map<string, Shape> {
    return this.changed(this.star(at), (ring) => {
      const kept = ring.slice(1).filter((place) => !samePlace(place, at));
      const last = kept.at(-1);
      return last ? [last, ...kept] : [];
    });
  }

  private changed(ids: string[], change: (ring: Place[]) => Place[]): Map<string, Shape> {
    return new Map(ids.map((id) => [id, (this.shapes.get(id) ?? []).map((part) => part.map(change))]));
  }

  private dropEdge(from: Place, to: Place, id: string): void {
    const key = edgeKey(from, to);
    const edge = this.edges.get(key);
    if (!edge) return;
    edge.units = edge.units.filter((unit) => unit !== id);
    const empty = edge.units.length === 0;
    if (empty) this.edges.delete(key);
    for (const end of [from, to]) {
      const vertex = this.vertices.get(keyOf(end));
      if (!vertex) continue;
      if (empty) vertex.edges.delete(edge);
      vertex.units.delete(id);
      if (vertex.edges.size === 0) this.vertices.delete(keyOf(end));
    }
  }
}

function isEdge(from: Place, to: Place, a: Place, b: Place): boolean {
  return (samePlace(from, a) && samePlace(to, b)) || (samePlace(from, b) && samePlace(to, a));
}

/** Whether a place lies in a ring (even-odd rule; on the border it may be told either way). */
export function inRing([x, y]: Place, ring: readonly Place[]): boolean {
  let inside = false;
  let before = ring[ring.length - 1];
  for (const place of ring) {
    if (before && place[1] > y !== before[1] > y) {
      const share = (y - place[1]) / (before[1] - place[1]);
      if (x < place[0] + share * (before[0] - place[0])) inside = !inside;
    }
    before = place;
  }
  return inside;
}

/** Whether a place lies in a shape, outside its holes. */
export function inShape(place: Place, shape: Shape): boolean {
  return shape.some((part) => part.reduce((inside, ring) => inside !== inRing(place, ring), false));
}

export function boxOfPlaces(places: Iterable<Place>): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of places) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}

/** The border that two sides share, as chains of places; `sideOf` tells the side of a leaf, or null for neither. */
export function borderChains(edges: Iterable<Edge>, sideOf: (leaf: string) => 0 | 1 | null): Place[][] {
  const links = new Map<string, { place: Place; next: Set<string> }>();
  const link = (from: Place, to: Place) => {
    const known = links.get(keyOf(from)) ?? { place: from, next: new Set() };
    links.set(keyOf(from), known);
    known.next.add(keyOf(to));
  };
  for (const { a, b, units } of edges) {
    const sides = new Set(units.map(sideOf));
    if (!(sides.has(0) && sides.has(1))) continue;
    link(a, b);
    link(b, a);
  }
  const chains: Place[][] = [];
  const walk = (start: string) => {
    const chain: Place[] = [];
    let key: string | undefined = start;
    while (key) {
      const node = links.get(key);
      if (!node) break;
      chain.push(node.place);
      const next: string | undefined = [...node.next][0];
      if (!next) break;
      node.next.delete(next);
      links.get(next)?.next.delete(key);
      key = next;
    }
    if (chain.length > 1) chains.push(chain);
  };
  // Ends first, so that a chain is whole; what is left over are closed rings.
  for (const [key, { next }] of links) if (next.size === 1) walk(key);
  for (const [key, { next }] of links) while (next.size > 0) walk(key);
  return chains;
}
