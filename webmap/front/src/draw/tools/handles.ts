// Which vertices and mid-points of shared borders can be taken hold of in the view, and which one is meant.
import type { Place } from "../../wire";
import { keyOf } from "../geometry";
import { away, type Point, type Screen } from "../screen";
import type { ToolStage } from "../tool";

export interface Handle {
  kind: "vertex" | "middle";
  place: Place;
  at: Point;
  /** Of a mid-point: the edge it would be put into. */
  between?: [Place, Place];
}

// Below this many pixels between its ends an edge shows no mid-point: fingers could not part them.
const LEAST_EDGE_PX = 34;
// With nothing chosen, so many handles would hide the map: zoom in or choose a unit.
const MOST_HANDLES = 400;
const VERTEX_FIRST_PX = 4;

/** The handles in view: of the chosen units, or of every shared border where none of the chosen is in sight. */
export function handlesIn(stage: ToolStage, screen: Screen): Handle[] {
  const { selected } = stage.session;
  const own = selected.length > 0 ? bordersIn(stage, screen, selected) : [];
  if (own.length > 0) return own;
  const all = bordersIn(stage, screen, []);
  return all.length > MOST_HANDLES ? [] : all;
}

function bordersIn(stage: ToolStage, screen: Screen, selected: readonly string[]): Handle[] {
  const { content } = stage.session;
  const inside = new Map(selected.flatMap((id) => content.leavesOf(id).map((leaf): [string, string] => [leaf, id])));
  const wanted = selected.length > 0;
  const vertices = new Map<string, Handle>();
  const middles: Handle[] = [];
  for (const { a, b, units } of stage.coverage.allEdges()) {
    // Not on the village's own border, nor inside a chosen 组 or 片, nor away from what is chosen.
    const [one, other] = units.map((id) => inside.get(id));
    if (units.length < 2 || (wanted && one === other)) continue;
    const [p, q] = [screen.pixel(a), screen.pixel(b)];
    if (!screen.shows(p, 30) && !screen.shows(q, 30)) continue;
    for (const [place, at] of [[a, p], [b, q]] as const) {
      if (!vertices.has(keyOf(place)) && !stage.coverage.isOuter(place)) vertices.set(keyOf(place), { kind: "vertex", place, at });
    }
    if (away(p, q) >= LEAST_EDGE_PX) {
      const at: Point = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
      middles.push({ kind: "middle", place: screen.place(at), at, between: [a, b] });
    }
  }
  return [...vertices.values(), ...middles];
}

/** The handle meant by a pointer: the nearest within reach, a vertex before a mid-point. */
export function handleAt(handles: readonly Handle[], point: Point, reach: number): Handle | null {
  let [best, least]: [Handle | null, number] = [null, reach];
  for (const handle of handles) {
    const far = away(handle.at, point) - (handle.kind === "vertex" ? VERTEX_FIRST_PX : 0);
    if (far < least) [best, least] = [handle, far];
  }
  return best;
}
