import assert from "node:assert/strict";
import { test } from "node:test";
import { saySetting } from "../src/i18n/settings";
import { settingsEn } from "../src/i18n/settings_en";
import { type SettingsKey, settingsZh } from "../src/i18n/settings_zh";
import { shownWords } from "../src/settings/channels";
import { featuresOf } from "../src/settings/board";
import { resultWords } from "../src/settings/duties";
import { polygonsIn } from "../src/settings/exceptions";
import { shorten, spread } from "../src/settings/holidays";

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();

test("both languages have the same words of the settings with the same values in them, and none is empty", () => {
  for (const key of Object.keys(settingsZh) as SettingsKey[]) {
    assert.ok(settingsZh[key] && settingsEn[key], key);
    assert.deepEqual(names(settingsEn[key]), names(settingsZh[key]), key);
    assert.doesNotMatch(settingsZh[key], /[\u4e00-\u9fff][,;!()]|[,;!()][\u4e00-\u9fff]/, key);
  }
});

test("what a run came to is told by its numbers that are not nothing", () => {
  assert.equal(resultWords({ ready: 3, refused: 0 }), "处理好 3");
  assert.equal(resultWords({ reminded: 2, escalated: 1, resumed: 0 }), "提醒 2；上报 1");
  assert.equal(resultWords({ error: "store.full" }), "出错：store.full");
  assert.equal(resultWords({}), "—");
});

test("a channel is told by its kind and host, an unknown error by its own name", () => {
  assert.equal(shownWords("webhook hook.example"), "网址 hook.example");
  assert.equal(shownWords("wecom"), "企业微信");
  assert.equal(saySetting("error", "errcode 45009"), "errcode 45009");
});

test("days off are written as runs and read back as the same days, whatever way a person writes them", () => {
  const days = ["2026-02-15", "2026-02-16", "2026-02-17", "2026-04-05"];
  assert.equal(shorten(days), "2-15 ~ 2-17\n4-5");
  assert.deepEqual(spread(shorten(days), "2026"), days);
  assert.deepEqual(spread("2月15日至2月17日、2026-4-5", "2026"), days);
  assert.deepEqual(spread("12-31 ~ 2027-1-1", "2026"), ["2026-12-31", "2027-01-01"]);
  assert.deepEqual(spread("春节, 2-17 ~ 2-15", "2026"), ["春节", "2-17 ~ 2-15"]);
});

test("the polygons of a drawn file are found however deep they lie", () => {
  const square = [[[0, 0], [1, 0], [1, 1], [0, 0]]];
  const feature = { type: "Feature", geometry: { type: "Polygon", coordinates: square } };
  assert.deepEqual(polygonsIn({ type: "FeatureCollection", features: [feature, feature] }), [square, square]);
  assert.deepEqual(polygonsIn({ type: "MultiPolygon", coordinates: [square] }), [square]);
  assert.deepEqual(polygonsIn({ type: "Point", coordinates: [0, 0] }), []);
  assert.deepEqual(polygonsIn(null), []);
});

test("sensitive places keep their names, and a file without polygons is refused in words", () => {
  const square = [[[0, 0], [1, 0], [1, 1], [0, 0]]];
  const row = { type: "Feature", properties: { name: "学校" }, geometry: { type: "Polygon", coordinates: square } };
  const place = { ...row, geometry: { type: "MultiPolygon", coordinates: [square] } };
  assert.deepEqual(featuresOf(JSON.stringify({ type: "FeatureCollection", features: [row, { type: "Feature", geometry: null }] }), "a"), [place]);
  assert.throws(() => featuresOf("not json", "a.geojson"), /a\.geojson/);
});
