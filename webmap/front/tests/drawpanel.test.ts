import assert from "node:assert/strict";
import { test } from "node:test";
import { inOnePiece, neighbours } from "../src/draw/panel/neighbours";
import { buildings } from "../src/draw/panel/stackgroups";
import { newId } from "../src/draw/panel/wire";
import { d, sayDraw } from "../src/i18n/drawpanel";
import { drawPanelEn } from "../src/i18n/drawpanel_en";
import { type DrawKey, drawPanelZh } from "../src/i18n/drawpanel_zh";
import type { DrawHome, DrawUnit, Place } from "../src/wire";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("the panels' words are the same in both languages, with the same values in them", () => {
  assert.deepEqual(Object.keys(drawPanelEn).sort(), Object.keys(drawPanelZh).sort());
  for (const key of Object.keys(drawPanelZh) as DrawKey[]) {
    assert.ok(drawPanelZh[key] && drawPanelEn[key], key);
    assert.deepEqual([...new Set(names(drawPanelEn[key]))], [...new Set(names(drawPanelZh[key]))], key);
  }
});

test("the panels' Chinese holds no half-width sign next to a Chinese one", () => {
  for (const [key, text] of Object.entries(drawPanelZh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
  assert.equal(d("stack.move", { n: 3 }), "搬 3 户");
  assert.equal(sayDraw("variant", "brand_new"), "brand_new");
});

function square(id: string, west: number, south: number, level: DrawUnit["level"] = "lin"): DrawUnit {
  const ring: Place[] = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]];
  const geometry = { type: "MultiPolygon" as const, coordinates: [[ring]] };
  return { id, level, code: id, name: "", kind: "", parent_id: "z", path: `z/${id}/`, homes: 9, state: "ok", locked: false, fill: null, area_m2: 1, label: null, geometry };
}

test("units are neighbours when they share an edge, not when only a corner or a level apart", () => {
  // c d
  // a b
  const [a, b, c, d_] = [square("a", 0, 0), square("b", 1, 0), square("c", 0, 1), square("d", 1, 1)];
  const above = square("z", 1, 0, "zu");
  assert.deepEqual(neighbours(a, [a, b, c, d_, above]).map(({ id }) => id), ["b", "c"]);
  assert.equal(inOnePiece([a, d_]), false);
  assert.equal(inOnePiece([a, b, d_]), true);
  assert.equal(inOnePiece([]), false);
});

function flat(id: string, over: Partial<DrawHome>): DrawHome {
  return { id, unit_id: "u", lon: 112, lat: 27, code: id, address: "东街1号", building: "3栋", entrance: "1", floor: "1", room: "101", priority: false, ...over };
}

test("flats come by building, entrance and floor, the top floor first, ten after two", () => {
  const homes = [
    flat("h1", { floor: "2", room: "201" }),
    flat("h2", { floor: "10", room: "1001" }),
    flat("h3", { entrance: "2", floor: "1", room: "102" }),
    flat("h4", { entrance: "2", floor: "1", room: "101" }),
    flat("alone", { building: "", lon: 113, address: "西街2号" }),
  ];
  const [building, ...rest] = buildings(homes);
  assert.equal(rest.length, 0);
  assert.deepEqual(building?.entrances.map(({ entrance }) => entrance), ["1", "2"]);
  assert.deepEqual(building?.entrances[0]?.floors.map(({ floor }) => floor), ["10", "2"]);
  assert.deepEqual(building?.entrances[1]?.floors[0]?.homes.map(({ id }) => id), ["h4", "h3"]);
});

test("homes on one spot without a building's name count as one building", () => {
  const homes = [flat("h1", { building: "" }), flat("h2", { building: "" }), flat("h3", { building: "", lon: 114 })];
  assert.deepEqual(buildings(homes).map(({ homes: inside }) => inside.length), [2]);
});

test("an id made here has the form of a version 4 UUID and is another each time", () => {
  assert.match(newId(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(newId(), newId());
});
