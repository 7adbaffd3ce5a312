// The words of the import page.
import assert from "node:assert/strict";
import test from "node:test";
import { bringEn } from "../src/i18n/bring_en";
import { type BringKey, bringZh } from "../src/i18n/bring_zh";

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

test("the import page says the same in both languages, with the same values in it", () => {
  assert.deepEqual(Object.keys(bringEn).sort(), Object.keys(bringZh).sort());
  for (const key of Object.keys(bringZh) as BringKey[]) {
    assert.ok(bringZh[key] && bringEn[key], key);
    assert.deepEqual(names(bringEn[key]), names(bringZh[key]), key);
  }
});

test("Chinese words of the import page hold no half-width marks", () => {
  for (const [key, text] of Object.entries(bringZh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});
