import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { labelLayers } from "../src/map/labels";
import { netLayers } from "../src/map/layers";
import type { Palette } from "../src/map/palette";
import { LEVELS } from "../src/wire";

const colours: Palette = {
  outside: "#111111", land: "#222222", ink: "#000000", halo: "#ffffff", muted: "#333333", water: "#444444",
  road: "#555555", rail: "#666666", county: "#777777", village: "#888888", pian: "#999999", zu: "#aaaaaa",
  lin: "#bbbbbb", accent: "#cccccc", amber: "#dddddd", red: "#eeeeee", home: "#123456", homeRing: "#654321",
  fills: ["#000001", "#000002", "#000003", "#000004", "#000005", "#000006"],
};
const layers = [...netLayers(colours, false), ...labelLayers(colours, { homes: "户", broken: "▲" })];

test("no two layers of the style share a name", () => {
  const ids = layers.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test("every level of units takes the pointer and can be outlined", () => {
  for (const level of LEVELS) {
    assert.ok(layers.some(({ id }) => id === `${level}-touch`));
    assert.ok(layers.some(({ id }) => id === `${level}-chosen`));
  }
});

test("the six colours of the pian are all used", () => {
  const fill = JSON.stringify(layers.find(({ id }) => id === "pian-fill"));
  for (const colour of colours.fills) assert.ok(fill.includes(colour));
});

test("a count outside the rule differs by a sign and not by its colour alone", () => {
  const count = layers.find(({ id }) => id === "lin-label");
  const field = JSON.stringify(count && "layout" in count ? (count.layout as Record<string, unknown>)["text-field"] : "");
  assert.ok(field.includes("▲") && field.includes("near"));
});

test("homes are not drawn before zoom 14, and a layer asks for no glyph file", () => {
  for (const layer of layers) {
    if ("source-layer" in layer && layer["source-layer"] === "home") assert.ok((layer.minzoom ?? 0) >= 14, layer.id);
  }
});

// WCAG 2.2, relative luminance and contrast ratio.
function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
    const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high = 0, low = 0] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function themes(): Record<string, string>[] {
  // npm runs the tests in the front end's folder.
  const css = readFileSync(join(process.cwd(), "src/css/tokens.css"), "utf8");
  const block = (start: number) => css.slice(start, css.indexOf("\n}", start));
  const read = (text: string) =>
    Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/gi)].map(([, name, value]) => [name, value]));
  const light = read(block(css.indexOf(":root {")));
  return [light, { ...light, ...read(block(css.indexOf(':root[data-theme="dark"]'))) }] as Record<string, string>[];
}

test("words reach a contrast of 4.5 on every ground they stand on, light and dark", () => {
  const pairs = [
    ["ink", "panel"], ["ink", "paper"], ["ink", "panel-2"], ["muted", "panel"], ["muted", "paper"], ["muted", "panel-2"],
    ["accent", "panel"], ["accent", "accent-soft"], ["accent-ink", "accent"], ["amber", "amber-soft"], ["red", "red-soft"],
    ["amber", "panel"], ["amber", "panel-2"], ["red", "panel"], ["red", "panel-2"],
    ...[0, 1, 2, 3, 4, 5].flatMap((n) => ["ink", "muted", "amber", "red"].map((word) => [`map-${word}`, `map-fill-${n}`])),
  ] as [string, string][];
  for (const theme of themes()) {
    for (const [word, ground] of pairs) {
      const ratio = contrast(theme[word] ?? "", theme[ground] ?? "");
      assert.ok(ratio >= 4.5, `${word} on ${ground}: ${ratio.toFixed(2)}`);
    }
  }
});
