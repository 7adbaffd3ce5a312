import assert from "node:assert/strict";
import { test } from "node:test";
import { lineLength_m, ring, steps_m } from "../src/map/geodesy";

test("a degree along the equator is a 360th of the ellipsoid's girth", () => {
  const girth_m = 2 * Math.PI * 6_378_137;
  assert.ok(Math.abs(lineLength_m([[0, 0], [1, 0]]) - girth_m / 360) < 1e-6);
});

test("a quarter of the meridian is what GRS 80's tables say, which CGCS2000 shares within a millimetre", () => {
  // GRS 80 (Moritz 2000, J. Geodesy 74, 128-162): 10,001,965.7293 m.
  assert.ok(Math.abs(lineLength_m([[110, 0], [110, 90]]) - 10_001_965.7293) < 0.01);
});

test("a length is the sum of its steps", () => {
  const places = [[111.6, 27.6], [111.7, 27.65], [111.65, 27.8]] as const;
  const sum = steps_m(places).reduce((total, step) => total + step, 0);
  assert.ok(Math.abs(lineLength_m(places) - sum) < 1e-6);
});

test("an eighth of the globe has an eighth of the ellipsoid's area", () => {
  // Area of the GRS 80 ellipsoid, 510,065,621.7 km2 (R2 = 6,371,007.1810 m: 4 pi R2^2).
  const whole_m2 = 4 * Math.PI * 6_371_007.181 ** 2;
  const { area_m2 } = ring([[0, 0], [90, 0], [0, 90]]);
  assert.ok(Math.abs(area_m2 / whole_m2 - 1 / 8) < 1e-9);
});

test("an area is the same whichever way round it is drawn", () => {
  const places = [[111.6, 27.6], [111.7, 27.6], [111.7, 27.7], [111.6, 27.7]] as const;
  assert.equal(ring(places).area_m2, ring([...places].reverse()).area_m2);
});

test("fewer than three places have no area, and one place no length", () => {
  assert.deepEqual(ring([[1, 2], [1, 3]]).area_m2, 0);
  assert.equal(lineLength_m([[1, 2]]), 0);
  assert.equal(lineLength_m([]), 0);
});
