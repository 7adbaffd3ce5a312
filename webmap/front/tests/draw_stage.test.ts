import assert from "node:assert/strict";
import { test } from "node:test";
import { Content } from "../src/draw/content";
import { homeFeature, labelFeature, unitFeature } from "../src/draw/features";
import { Coverage } from "../src/draw/geometry";
import { TINTS, Tints } from "../src/draw/tints";
import { Screen } from "../src/draw/screen";
import { snapTo, targetsIn } from "../src/draw/snap";
import { drawStageEn } from "../src/i18n/drawstage_en";
import { drawStageZh, type StageKey } from "../src/i18n/drawstage_zh";
import type { DrawUnit, Place } from "../src/wire";

const screen = new Screen({ lon: 111.67, lat: 27.69, zoom: 16, width: 800, height: 600 });

test("a pixel's place is drawn at that pixel again", () => {
  assert.deepEqual(screen.pixel([111.67, 27.69]).map(Math.round), [400, 300]);
  for (const point of [[0, 0], [799, 12], [400, 599]] as [number, number][]) {
    screen.pixel(screen.place(point)).forEach((value, at) => assert.ok(Math.abs(value - (point[at] ?? 0)) < 1e-5));
  }
  assert.ok(screen.shows([0, 0]) && !screen.shows([-1, 0]) && screen.shows([-1, 0], 5));
});

const at = (x: number, y: number): Place => screen.place([x, y]);

test("the pointer is drawn to a vertex before a line, and to nothing that is far", () => {
  const edge = { a: at(100, 100), b: at(300, 100), units: ["a", "b"] };
  const targets = targetsIn(screen, { edges: [edge], lines: [], homes: [] });
  assert.deepEqual(snapTo(screen, targets, [106, 103], 12), edge.a, "the very coordinates of the vertex");
  const on = snapTo(screen, targets, [200, 107], 12);
  assert.deepEqual(on && screen.pixel(on).map(Math.round), [200, 100]);
  assert.equal(snapTo(screen, targets, [200, 130], 12), null);
});

test("roads and houses are snapped to, but not the vertex in hand or its own edges", () => {
  const road = { kind: "road", name: "", geometry: { type: "LineString" as const, coordinates: [at(0, 300), at(800, 300)] } };
  const [lon, lat] = at(500, 500);
  const edge = { a: at(100, 100), b: at(300, 100), units: ["a", "b"] };
  const targets = targetsIn(screen, { edges: [edge], lines: [road], homes: [{ lon, lat }], except: edge.a });
  assert.equal(snapTo(screen, targets, [200, 101], 12), null);
  assert.deepEqual(snapTo(screen, targets, [497, 503], 12), [lon, lat]);
  assert.ok(snapTo(screen, targets, [650, 305], 12));
});

const shape = { type: "MultiPolygon" as const, coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]] as Place[]]] };
const unit = (id: string, level: DrawUnit["level"], parent_id: string | null, change: Partial<DrawUnit> = {}): DrawUnit => ({
  id, level, parent_id, homes: 9, code: `${id}-code`, name: "", kind: "", path: "", state: "ok", locked: false, fill: null, area_m2: 1, label: null, geometry: shape, ...change,
});

test("a leaf wears the fill of its 片 and its count with the sign of its state", () => {
  const content = new Content();
  const counts = { pian: 1, zu: 0, lin: 1, homes: 17, error: 1, warning: 0 };
  const units = [unit("v", "village", null), unit("p", "pian", "v", { fill: 3 }), unit("l", "lin", "p", { homes: 17, state: "broken", label: [5, 6] })];
  content.apply({ plan_id: "x", revision: 1, full: true, units, gone: [], homes: [], locks: [], problems: [], counts });
  const leaf = content.units.get("l");
  assert.ok(leaf);
  assert.deepEqual([unitFeature(content, leaf)?.properties?.["fill"], unitFeature(content, leaf)?.properties?.["leaf"]], [3, true]);
  assert.deepEqual(labelFeature(content, leaf)?.properties?.["count"], "▲17");
  assert.deepEqual(labelFeature(content, leaf)?.geometry, { type: "Point", coordinates: [5, 6] });
  assert.equal(labelFeature(content, leaf)?.properties?.["name"], "l-code");
  assert.equal(unitFeature(content, { ...leaf, geometry: null }), null);
});

test("neighbours have other colours than a 邻, which keeps its own when the ground changes", () => {
  const coverage = new Coverage();
  const cell = (x: number, y: number): Place[][][] => [[[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]];
  for (let at = 0; at < 25; at++) coverage.put(`l${at}`, cell(at % 5, Math.floor(at / 5)));
  const tints = new Tints(coverage);
  const all = new Map(Array.from({ length: 25 }, (_, at): [string, number] => [`l${at}`, tints.of(`l${at}`)]));
  for (const [id, tint] of all) {
    assert.ok(tint >= 0 && tint < TINTS);
    for (const other of coverage.neighbours(id)) assert.notEqual(all.get(other), tint);
  }
  coverage.drop("l6");
  assert.equal(tints.of("l7"), all.get("l7"));
});

test("a home's dot tells its tint and how many stand there", () => {
  const home = { id: "h", unit_id: "l", lon: 1, lat: 2, code: "", address: "", building: "", entrance: "", floor: "", room: "", priority: false };
  const { properties } = homeFeature(home, 6, 3);
  assert.deepEqual([properties?.["stack"], properties?.["tint"], properties?.["unit_id"]], [6, 3, "l"]);
  assert.equal(homeFeature({ ...home, unit_id: null }, 1, -1).properties?.["unit_id"], "");
});

test("the stage's words are there in both languages with the same values in them", () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  assert.deepEqual(Object.keys(drawStageEn).sort(), Object.keys(drawStageZh).sort());
  for (const key of Object.keys(drawStageZh) as StageKey[]) {
    assert.deepEqual([...new Set(names(drawStageEn[key]))], [...new Set(names(drawStageZh[key]))], key);
    assert.doesNotMatch(drawStageZh[key], /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
  }
});
