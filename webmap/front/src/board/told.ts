// The card over the map: what the layer says in words, its legend, the list of places, and what was tested.
import { b, sayB } from "../i18n/board";
import { may } from "../pagedata";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import type { HeatTold, Layer as LayerName, MapTold } from "./wire";

const LISTED_MOST = 12;
const KINDS = ["new", "intensifying", "persistent", "diminishing", "oscillating", "consecutive", "sporadic", "historical"] as const;

export interface ToldWish {
  open: (id: string) => void;
  level: (level: string) => void;
  levelWords: (level: string) => string;
}

function sample(kind: string): HTMLElement {
  return h("span", { class: `board-sample ${kind}`, "aria-hidden": "true" });
}

function key(...rows: [string, string][]): HTMLElement {
  return h("ul", { class: "board-key" }, ...rows.map(([kind, words]) => h("li", {}, sample(kind), h("span", {}, words))));
}

/** Say what the heat shows. */
export function tellHeat(place: HTMLElement, told: HeatTold): void {
  if (!told.corners) return fill(place, h("p", {}, b("map.empty")));
  fill(place, key(["heat", b("legend.heat", { n: whole(told.bandwidth_m) })]));
}

/** Say what a layer of places shows. */
export function tellPlaces(place: HTMLElement, layer: LayerName, told: MapTold, wish: ToldWish): void {
  const parts = layer === "hotspots" ? hotspots(told, wish) : layer === "silent" ? silent(told, wish) : patterns(told, wish);
  const level = h("p", { class: "told-level" }, h("strong", {}, wish.levelWords(told.level)), h("span", { class: "muted small" }, whole(told.units)));
  fill(place, level, ...parts);
}

function hotspots(told: MapTold, wish: ToldWish): HTMLElement[] {
  const places = told.places ?? [];
  const rows: HTMLElement[] = [];
  if (told.issues === 0) rows.push(h("p", { role: "status" }, b("map.empty")), ...nothingYet());
  else rows.push(h("p", { role: "status" }, places.length > 0 ? b("map.hot_n", { n: places.length }) : b("map.none_hot")));
  if (told.caution && told.issues > 0) rows.push(h("p", { class: "note small" }, told.caution, told.try ? h("button", { type: "button", class: "link", onclick: () => wish.level(told.try ?? "") }, b("map.try", { level: wish.levelWords(told.try) })) : null));
  if (places.length > 0) {
    const items = places.slice(0, LISTED_MOST).map(({ id, sentence }) => h("li", {}, id.includes(":") ? h("span", {}, sentence) : h("button", { type: "button", class: "link", onclick: () => wish.open(id) }, sentence)));
    rows.push(h("ol", { class: "told-places small", "aria-label": b("map.list") }, ...items));
  }
  const wide = window.matchMedia("(min-width: 761px)").matches;
  rows.push(h("details", { class: "small", open: wide }, h("summary", {}, b("map.legend")), key(["hot", b("legend.hot")], ["cold", b("legend.cold")], ["dot", b("legend.dot")]), h("p", { class: "muted" }, told.tested ?? "")));
  return rows;
}

function nothingYet(): HTMLElement[] {
  return may("report") ? [h("p", { class: "small muted" }, b("empty.issues")), h("a", { class: "button", href: "/issues" }, b("empty.issues_go"))] : [];
}

function silent(told: MapTold, wish: ToldWish): HTMLElement[] {
  const found = told.shapes.features;
  const words = (told.enough ?? 0) === 0 ? b("silent.few") : found.length > 0 ? b("silent.n", { n: found.length }) : b("silent.none", { enough: whole(told.enough ?? 0) });
  const items = found.slice(0, LISTED_MOST).map(({ properties: { id, sentence } }) => h("li", {}, h("button", { type: "button", class: "link", onclick: () => wish.open(id) }, sentence ?? "")));
  return [h("p", { role: "status" }, words), h("p", { class: "muted small" }, b("silent.visits", { n: whole(told.visits ?? 0) })), h("ol", { class: "told-places small" }, ...items), key(["silent", b("legend.silent")])];
}

function patterns(told: MapTold, wish: ToldWish): HTMLElement[] {
  const kinds = KINDS.filter((one) => told.kinds?.[one]);
  const rows = kinds.map((one) => h("li", {}, sample(`pattern-${one}`), h("span", {}, `${sayB("pattern", one)} ${told.kinds?.[one] ?? 0}`)));
  const items = told.shapes.features.slice(0, LISTED_MOST).map(({ properties: { id, name, mark, hot_months: hot } }) =>
    h("li", {}, h("button", { type: "button", class: "link", onclick: () => wish.open(id) }, `${name}：${sayB("pattern", mark)}，${b("patterns.months", { n: 12, hot: hot ?? 0 })}`)),
  );
  const what = h("details", { class: "small" }, h("summary", {}, b("patterns.what")), h("dl", { class: "pattern-words" }, ...KINDS.flatMap((one) => [h("dt", {}, sayB("pattern", one)), h("dd", {}, sayB("patternwhat", one))])));
  return [kinds.length > 0 ? h("ul", { class: "board-key" }, ...rows) : h("p", { role: "status" }, b("patterns.none")), h("ol", { class: "told-places small" }, ...items), what];
}
