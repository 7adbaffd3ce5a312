import assert from "node:assert/strict";
import { test } from "node:test";
import { saySetting } from "../src/i18n/settings";
import { settingsEn } from "../src/i18n/settings_en";
import { type SettingsKey, settingsZh } from "../src/i18n/settings_zh";
import { shownWords } from "../src/settings/channels";
import { resultWords } from "../src/settings/duties";

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
