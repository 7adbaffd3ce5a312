// What the board is narrowed to: layer, ground, level, category, grade, age; on a phone all but the layer is behind a button.
import { b, sayB } from "../i18n/board";
import { unitMenu } from "../issues/filters";
import type { Category } from "../issues/wire";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { Level, MapInfo } from "../wire";
import { type Asked, tidy, type Wanted } from "./wanted";
import { GRADES, GRIDS, LAYERS, type Layer, SPELLS, UNIT_LEVELS } from "./wire";

const AGES = [2, 7, 30, 90];
const BANDWIDTHS_M = [100, 200, 500, 1000, 2000];
const narrow = window.matchMedia("(max-width: 760px)");

export interface FilterWish {
  info: MapInfo;
  categories: readonly Category[];
  layer: (layer: Layer) => void;
  asked: (asked: Asked) => void;
}

/** Say a level as the county calls it; a grid by its own words. */
export function levelWords(level: string, info: MapInfo): string {
  return info.levels[level as Level] ?? sayB("level", level);
}

/** Draw the controls into `place` for what is wanted now. */
export function drawFilters(place: HTMLElement, { layer, asked }: Wanted, wish: FilterWish): void {
  const set = (change: Asked) => wish.asked(tidy({ ...asked, ...change }));
  const layers = h(
    "div",
    { class: "segments board-layers", role: "group", "aria-label": b("layer.label") },
    ...LAYERS.map((one) => h("button", { type: "button", "aria-pressed": String(one === layer), "data-layer": one, onclick: () => wish.layer(one) }, sayB("layer", one))),
  );
  const controls = [
    unitMenu(asked.unit ?? "", wish.info, (unit) => set({ unit }), b("filter.ground")),
    ...(layer === "heat" ? [bandwidth(asked, set)] : [levels(asked, wish.info, set)]),
    choice("filter.major", "filter.major_all", majors(wish.categories), asked.major, (major) => set({ major })),
    choice("filter.grade", "filter.grade_all", GRADES.map((one): Option => [one, sayB("grade", one)]), asked.grade, (grade) => set({ grade })),
    choice("filter.age", "filter.age_all", AGES.map((n): Option => [String(n), b("filter.age_n", { n })]), asked.age, (age) => set({ age })),
    h("label", { class: "check" }, tick(asked.late === "1", (late) => set({ late: late ? "1" : "" })), b("filter.late")),
    choice("filter.period", null, SPELLS.map((one): Option => [one, sayB("filter", `period_${one}`)]), asked.period ?? "30d", (period) => set({ period: period === "30d" ? "" : period })),
    Object.keys(asked).length > 0 ? h("button", { type: "button", class: "link", onclick: () => wish.asked({}) }, b("filter.clear")) : null,
  ];
  if (!narrow.matches) return fill(place, layers, ...controls);
  const open = place.querySelector("details.board-fold")?.hasAttribute("open") ?? false;
  fill(place, layers, h("details", { class: "board-fold", open }, h("summary", { class: "button", "aria-label": b("filter.fold") }, icon("list"), h("span", { class: "words" }, b("filter.fold"))), h("div", { class: "board-behind" }, ...controls)));
}

type Option = [string, string];

function majors(categories: readonly Category[]): Option[] {
  return [...new Set(categories.map(({ major }) => major))].filter(Boolean).map((major): Option => [major, major]);
}

function levels(asked: Asked, info: MapInfo, set: (change: Asked) => void): HTMLElement {
  const options = [...UNIT_LEVELS, ...GRIDS].map((one): Option => [one, levelWords(one, info)]);
  return choice("filter.level", "filter.level_auto", options, asked.level, (level) => set({ level }));
}

function bandwidth(asked: Asked, set: (change: Asked) => void): HTMLElement {
  const options = BANDWIDTHS_M.map((n): Option => [String(n), b("filter.bandwidth_n", { n })]);
  return choice("filter.bandwidth", "filter.bandwidth_auto", options, asked.bandwidth, (chosen) => set({ bandwidth: chosen }));
}

function choice(label: Parameters<typeof b>[0], none: Parameters<typeof b>[0] | null, options: readonly Option[], now: string | undefined, set: (value: string) => void): HTMLElement {
  const rows = options.map(([value, words]) => h("option", { value, selected: value === now }, words));
  const select = h("select", { "aria-label": b(label) }, none ? h("option", { value: "" }, b(none)) : null, ...rows);
  select.addEventListener("change", () => set(select.value));
  return select;
}

function tick(on: boolean, set: (on: boolean) => void): HTMLInputElement {
  const box = h("input", { type: "checkbox", checked: on });
  box.addEventListener("change", () => set(box.checked));
  return box;
}
