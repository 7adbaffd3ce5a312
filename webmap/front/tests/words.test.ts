import assert from "node:assert/strict";
import { test } from "node:test";
import { read, safeNext } from "../src/api";
import { roleName } from "../src/i18n/accounts";
import { en } from "../src/i18n/en";
import { say, t } from "../src/i18n/index";
import { type Key, zh } from "../src/i18n/zh";
import { roomWords } from "../src/panel/homes";
import { levelWord } from "../src/panel/levelword";
import { verdict } from "../src/panel/rulebar";
import { area, length, moment, share, whole } from "../src/ui/format";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages have the same words with the same values in them, and none is empty", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const key of Object.keys(zh) as Key[]) {
    assert.ok(zh[key] && en[key], key);
    assert.deepEqual([...new Set(names(en[key]))], [...new Set(names(zh[key]))], key);
  }
});

test("Chinese words hold no half-width comma, full stop or bracket next to a Chinese sign", () => {
  for (const [key, text] of Object.entries(zh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});

test("values are put into a sentence, and a missing one stays visible", () => {
  assert.equal(t("n_homes", { n: 7 }), "7 户");
  assert.equal(t("n_homes"), "{n} 户");
});

test("a name that the server adds later is shown as it is", () => {
  assert.equal(roleName("town_cadre"), "乡镇干部");
  assert.equal(roleName("brand_new"), "brand_new");
  assert.equal(say("act", "brand_new"), "brand_new");
});

test("after sign-in one stays on this server", () => {
  assert.equal(safeNext("/plans?unit=1#x"), "/plans?unit=1#x");
  for (const bad of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", null, "/a\\b", "/\n/x"]) {
    assert.equal(safeNext(bad), "/map", String(bad));
  }
});

test("lengths change from metres to kilometres at one thousand", () => {
  assert.equal(length(350), "350 米");
  assert.equal(length(12.34), "12.3 米");
  assert.equal(length(1234), "1.23 公里");
});

test("areas are told with their 亩, of which fifteen are a hectare", () => {
  assert.equal(area(10_000), "10,000 平方米（15 亩）");
  assert.equal(area(2_000_000), "2 平方公里（3,000 亩）");
});

test("a moment is told by China's clock, with the year when it is another one", () => {
  const now = new Date("2026-11-22T08:00:00Z");
  assert.equal(moment("2026-03-05T06:20:00Z", now), "3月5日 周四 14:20");
  assert.equal(moment("2025-03-06T06:20:00Z", now), "2025年3月6日 周四 14:20");
  assert.equal(moment("2026-12-31T16:30:00Z", now), "2027年1月1日 周五 00:30");
  assert.equal(moment(null), "—");
});

test("counts and shares are written with separators and a sign", () => {
  assert.equal(whole(1234567), "1,234,567");
  assert.equal(share(0.031), "3.1%");
});

test("a count on a bound is near, beyond it broken", () => {
  const rule = { low: 5, high: 15 };
  assert.deepEqual([4, 5, 6, 14, 15, 16].map((n) => verdict(n, rule)), ["broken", "near", "ok", "ok", "near", "broken"]);
});

test("the level is not said twice", () => {
  assert.equal(levelWord("石桥村", "村"), "");
  assert.equal(levelWord("城东社区", "村"), "村");
});

test("a door is told by what is known of it", () => {
  const home = { id: "", code: "", address: "", priority: false, lon: 0, lat: 0 };
  assert.equal(roomWords({ ...home, building: "3栋", entrance: "2", floor: "5", room: "502" }), "3栋 2单元 5楼 502室");
  assert.equal(roomWords({ ...home, building: "", entrance: "", floor: "", room: "" }), "");
});

test("who worked at the command line is named in the reader's language, wherever an answer says who", () => {
  assert.deepEqual(read('{"items":[{"by":"operator","act":"operator"},{"by":"wang"}]}'), { items: [{ by: "操作员", act: "operator" }, { by: "wang" }] });
  assert.deepEqual(read('{"by":"wang"}'), { by: "wang" });
});
