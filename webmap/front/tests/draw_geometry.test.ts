import assert from "node:assert/strict";
import { test } from "node:test";
import { changing, deltas, HomeGrid, inDrawnRing } from "../src/draw/counting";
import { cutRing, cutShape, nearestOn, simplify } from "../src/draw/cutting";
import { borderChains, boxOfPlaces, Coverage, inRing, inShape, type Shape } from "../src/draw/geometry";
import type { Place } from "../src/wire";

// Three leaves in a row and one above the first two; (1,1) is shared by a, b and d.
//
//   +-----+
//   |  d  |
//   +--+--+--+
//   |a |b |c |
//   +--+--+--+
const box = (west: number, south: number, east: number, north: number, ...top: Place[]): Shape => [
  [[[west, south], [east, south], [east, north], ...top, [west, north], [west, south]]],
];
function village(): Coverage {
  const coverage = new Coverage();
  coverage.put("a", box(0, 0, 1, 1));
  coverage.put("b", box(1, 0, 2, 1));
  coverage.put("c", box(2, 0, 3, 1));
  coverage.put("d", [[[[0, 1], [1, 1], [2, 1], [2, 2], [0, 2], [0, 1]]]]);
  return coverage;
}
const home = (id: string, lon: number, lat: number, unit_id: string) => ({ id, lon, lat, unit_id });

test("the star of a vertex is every unit that has exactly its coordinates", () => {
  const coverage = village();
  assert.deepEqual(coverage.star([1, 1]).sort(), ["a", "b", "d"]);
  assert.deepEqual(coverage.star([1, 1 + 1e-12]), []);
  assert.deepEqual(coverage.linked([1, 1]).map(String).sort(), ["0,1", "1,0", "2,1"]);
});

test("a vertex on the village's own border is told from one inside", () => {
  const coverage = village();
  assert.equal(coverage.isOuter([1, 1]), false);
  assert.equal(coverage.isOuter([1, 0]), true);
  assert.equal(coverage.isOuter([9, 9]), false);
});

test("neighbours share an edge, not only a corner", () => {
  const coverage = village();
  assert.deepEqual([...coverage.neighbours("a")].sort(), ["b", "d"]);
  assert.deepEqual([...coverage.neighbours("c")], ["b"]);
});

test("every unit of the star follows a moved vertex, and the rings stay closed", () => {
  const after = village().moved([1, 1], [1.2, 0.9]);
  assert.deepEqual([...after.keys()].sort(), ["a", "b", "d"]);
  for (const shape of after.values()) {
    const ring = shape[0]?.[0] ?? [];
    assert.deepEqual(ring[0], ring.at(-1));
    assert.ok(ring.some(([lon, lat]) => lon === 1.2 && lat === 0.9));
    assert.ok(!ring.some(([lon, lat]) => lon === 1 && lat === 1));
  }
});

test("a vertex put into an edge is put into both sides, wherever their rings begin", () => {
  const after = village().inserted([1, 1], [0, 1], [0.5, 1.1]);
  assert.deepEqual([...after.keys()].sort(), ["a", "d"]);
  assert.deepEqual(after.get("a")?.[0]?.[0], [[0, 0], [1, 0], [1, 1], [0.5, 1.1], [0, 1], [0, 0]]);
  assert.deepEqual(after.get("d")?.[0]?.[0]?.slice(0, 3), [[0, 1], [0.5, 1.1], [1, 1]]);
});

test("a vertex taken out is gone from all, also where a ring began with it", () => {
  const after = village().deleted([0, 1]);
  assert.deepEqual(after.get("d")?.[0]?.[0], [[0, 2], [1, 1], [2, 1], [2, 2], [0, 2]]);
});

test("putting a changed unit again leaves no trace of its old shape", () => {
  const coverage = village();
  for (const [id, shape] of coverage.moved([1, 1], [1.2, 0.9])) coverage.put(id, shape);
  assert.deepEqual(coverage.star([1, 1]), []);
  assert.deepEqual(coverage.star([1.2, 0.9]).sort(), ["a", "b", "d"]);
  coverage.drop("c");
  assert.deepEqual(coverage.star([3, 0]), []);
  assert.equal(coverage.edge([2, 0], [2, 1])?.units.length, 1);
});

test("a place lies in a shape outside its holes", () => {
  const shape: Shape = [[[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]];
  assert.ok(inShape([3, 3], shape));
  assert.ok(!inShape([1.5, 1.5], shape));
  assert.ok(!inShape([5, 1], shape));
});

test("the grid finds the homes of a box and no others, also for one home and for none", () => {
  const homes = Array.from({ length: 500 }, (_, at) => home(`h${at}`, (at * 37) % 101, (at * 53) % 89, "a"));
  const grid = new HomeGrid(homes);
  for (const wanted of [[10, 10, 30, 20], [0, 0, 100, 88], [-5, -5, -1, -1], [99, 80, 300, 300]] as const) {
    const [w, s, e, n] = wanted;
    const found = grid.within([w, s, e, n]).map(({ id }) => id).sort();
    const all = homes.filter(({ lon, lat }) => lon >= w && lon <= e && lat >= s && lat <= n).map(({ id }) => id).sort();
    assert.deepEqual(found, all);
  }
  assert.deepEqual(new HomeGrid([]).within([0, 0, 9, 9]), []);
  assert.equal(new HomeGrid([home("one", 3, 3, "a")]).within([0, 0, 9, 9]).length, 1);
});

test("homes change sides with the ground under them, and nobody else does", () => {
  const coverage = village();
  const homes = [home("stays", 0.2, 0.5, "a"), home("goes", 1.05, 0.5, "b"), home("far", 2.5, 0.5, "c")];
  const after = coverage.moved([1, 1], [1.3, 1]);
  const moves = changing(coverage, after, new HomeGrid(homes).within(boxOfPlaces([[1, 1], [1.3, 1], ...coverage.linked([1, 1])])));
  assert.deepEqual(moves, [{ home: "goes", from: "b", to: "a" }]);
  assert.deepEqual([...deltas(moves)], [["b", -1], ["a", 1]]);
});

test("a flat whose 邻 lies elsewhere than its point is left where it is", () => {
  const coverage = village();
  const moves = changing(coverage, coverage.moved([1, 1], [1.3, 1]), [home("flat", 1.05, 0.5, "d")]);
  assert.deepEqual(moves, []);
});

test("a ring drawn by hand holds what is inside", () => {
  const grid = new HomeGrid([home("in", 1, 1, "a"), home("out", 3, 3, "a")]);
  assert.deepEqual(inDrawnRing(grid, [[0, 0], [2, 0], [2, 2], [0, 2]]).map(({ id }) => id), ["in"]);
  assert.deepEqual(inDrawnRing(grid, [[0, 0], [2, 0]]), []);
});

const square: Place[] = [[0, 0], [4, 0], [4, 4], [0, 4]];
const size = (ring: readonly Place[]) =>
  Math.abs(ring.reduce((sum, [x, y], at) => sum + x * (ring.at(at - 1)?.[1] ?? 0) - y * (ring.at(at - 1)?.[0] ?? 0), 0)) / 2;

test("a line through a ring cuts it in two whose areas make up the whole", () => {
  const parts = cutRing(square, [[1, -1], [1, 5]]);
  assert.deepEqual(parts.map(size).sort((a, b) => a - b), [4, 12]);
  assert.equal(parts.filter((part) => inRing([0.5, 2], part)).length, 1);
});

test("a bent line cuts where it goes, and one that bends back out cuts twice", () => {
  const bent = cutRing(square, [[-1, 1], [2, 1], [2, 5]]);
  assert.deepEqual(bent.map(size).sort((a, b) => a - b), [6, 10]);
  const twice = cutRing(square, [[1, -1], [1, 5], [3, 5], [3, -1]]);
  assert.deepEqual(twice.map(size).sort((a, b) => a - b), [4, 4, 8]);
  assert.equal(twice.map(size).reduce((a, b) => a + b), 16);
});

test("a notch cut into one side is a part of its own", () => {
  const parts = cutRing(square, [[1, -1], [1, 2], [2, 2], [2, -1]]);
  assert.deepEqual(parts.map(size).sort((a, b) => a - b), [2, 14]);
});

test("a line that ends inside, or passes by, cuts nothing", () => {
  assert.equal(cutRing(square, [[1, -1], [1, 2]]).length, 1);
  assert.equal(cutRing(square, [[9, -1], [9, 9]]).length, 1);
  assert.equal(cutShape([[[...square, [0, 0]]]], [[2, 2], [3, 3]]).length, 1);
});

test("a freehand line is thinned to what bends, and keeps its ends", () => {
  const line: Place[] = [[0, 0], [1, 0.01], [2, 0], [3, 2], [4, 4]];
  assert.deepEqual(simplify(line, 0.1), [[0, 0], [2, 0], [4, 4]]);
  assert.deepEqual(simplify([[1, 1]], 5), [[1, 1]]);
});

test("the nearest place on a stretch is never beyond its ends", () => {
  assert.deepEqual(nearestOn([2, 3], [0, 0], [4, 0]), [2, 0]);
  assert.deepEqual(nearestOn([9, 3], [0, 0], [4, 0]), [4, 0]);
  assert.deepEqual(nearestOn([9, 3], [1, 1], [1, 1]), [1, 1]);
});

test("the border of two sides is one chain from end to end", () => {
  const side = (leaf: string) => (leaf === "d" ? 1 : leaf === "a" || leaf === "b" ? 0 : null);
  const chains = borderChains(village().allEdges(), side);
  assert.equal(chains.length, 1);
  assert.deepEqual((chains[0] ?? []).map(([lon]) => lon).sort(), [0, 1, 2]);
});

test("a border all around a unit is one closed chain", () => {
  const coverage = new Coverage();
  coverage.put("in", box(1, 1, 2, 2));
  coverage.put("around", [[[[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]]);
  const chains = borderChains(coverage.allEdges(), (leaf) => (leaf === "in" ? 0 : 1));
  assert.equal(chains.length, 1);
  assert.equal(chains[0]?.length, 5);
});
