import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, inside, lockBox } from "../src/map/bounds";
import { scaleNumber } from "../src/map/papersize";
import { readHash, writeHash } from "../src/map/permalink";
import type { Box } from "../src/wire";

test("a view written into the address is read back as it was, within a metre", () => {
  const view = { zoom: 13.25, lat: 27.68312, lon: 111.67123, chosen: { kind: "unit", id: "8d1f-22" } } as const;
  assert.deepEqual(readHash(writeHash(view)), view);
});

test("a chosen home travels in the address apart from a unit of the same id", () => {
  const text = writeHash({ zoom: 17, lat: 1, lon: 2, chosen: { kind: "household", id: "ab-1" } });
  assert.equal(text, "#17.00/1.00000/2.00000/h-ab-1");
  assert.deepEqual(readHash(text)?.chosen, { kind: "household", id: "ab-1" });
});

test("an address that is no view, or is off the earth, is not followed", () => {
  for (const hash of ["", "#", "#x", "#13/27", "#13/91/111", "#13/27/181", "#99/1/1", "#NaN/1/1", "#1//2"]) {
    assert.equal(readHash(hash), null, hash);
  }
});

test("an id in the address with anything but letters, digits and dashes is dropped", () => {
  assert.equal(readHash("#3/1/2/<script>")?.chosen, null);
  assert.equal(readHash("#3/1/2/../x")?.chosen, null);
});

test("the locked box holds the county with room in a wide and in a tall window", () => {
  const county: Box = [111.5, 27.6, 111.8, 27.8];
  const [west, south, east, north] = lockBox(county);
  const squeeze = Math.cos((27.7 * Math.PI) / 180);
  const wide = (east - west) * squeeze;
  const tall = north - south;
  for (const [box, length] of [[wide, 0.3 * squeeze], [tall, 0.2]] as const) assert.ok(box > 2.5 * length);
  // In a window three times as wide as high the whole county is still seen at the farthest zoom, and so turned round.
  assert.ok(wide / 3 > 0.2 - 1e-9);
  assert.ok(tall / 3 > 0.2 - 1e-9);
});

test("the locked box stays on the earth for a box at its edge", () => {
  assert.deepEqual(lockBox([-180, -85, 180, 85]), [-180, -85, 180, 85]);
});

test("a place on the border of a box is inside it", () => {
  assert.ok(inside([0, 0, 1, 1], 1, 0.5));
  assert.ok(!inside([0, 0, 1, 1], 1.01, 0.5));
});

test("the box around places holds them, and there is none around nothing", () => {
  assert.deepEqual(boxAround([[2, 3], [1, 5], [4, 4]]), [1, 3, 4, 5]);
  assert.equal(boxAround([]), null);
});

test("the printed scale halves with each zoom and with the cosine of the latitude", () => {
  // The equator's 40,075,017 m on 512 px of 25.4/96 mm are 1 : 295,829,355.
  assert.equal(scaleNumber(0, 0), 300_000_000);
  assert.equal(scaleNumber(13, 0), 36_000);
  assert.equal(scaleNumber(13, 60), 18_000);
});
