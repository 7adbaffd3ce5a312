// What the query is narrowed to: the row of filters over list, map and board, and what stands behind "filters".
import { ask } from "../api";
import { sayW, w } from "../i18n/issues";
import { makeSearch } from "../panel/search";
import { Tree } from "../panel/tree";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { MapInfo, UnitCard } from "../wire";
import { byMajor } from "./categorypick";
import { categoryName, type Registry } from "./registry";
import { countFilters, type Key, KEYS, type Query, statesOf, tidy, withState } from "./wanted";
import { GRADES, OPEN_STATES, SOURCES, STATES } from "./wire";

const TYPED_WAIT_MS = 220;
const narrow = typeof window === "undefined" ? ({ matches: false, addEventListener: () => undefined } as unknown as MediaQueryList) : window.matchMedia("(max-width: 760px)");
/** What stands behind "filters": the less usual ones. */
const BEHIND: readonly Key[] = ["grade", "holder", "raised", "source", "from", "to", "sort"];

export interface Filters {
  element: HTMLElement;
  /** Show another query, as a saved view does. */
  show: (query: Query) => void;
}

/** Give the row; `changed` is called with each new query. */
export function filterRow(begin: Query, info: MapInfo, known: Registry, changed: (query: Query) => void): Filters {
  let now = begin;
  let opened = !narrow.matches && BEHIND.some((key) => begin[key]);
  const element = h("div", { class: "issue-filters", role: "search", "aria-label": w("desk.filters") });
  const set = (change: Query, redraw = false) => {
    now = tidy({ ...now, ...change });
    if (redraw) draw();
    else count();
    changed(now);
  };
  const counted = h("span");
  const count = () => {
    const n = countFilters(now);
    counted.textContent = n > 0 ? w("desk.filters_n", { n }) : w("desk.filters");
  };
  const draw = () => {
    const usual = [unitMenu(now.unit ?? "", info, (unit) => set({ unit }, true)), stateMenu(now.state ? { state: now.state } : {}, (state) => set({ state })), categorySelect(now, known, set), lateToggle(now, set)];
    // A phone has room for the search alone: all else stands behind the button.
    const clear = h("button", { type: "button", class: "link", onclick: () => set(Object.fromEntries(KEYS.map((key) => [key, ""])), true) }, w("desk.clear"));
    const [before, inside, last] = narrow.matches ? [[], usual, [clear]] : [usual, [], []];
    const box = h("div", { class: "filter-behind", hidden: !opened }, ...inside, ...behind(now, known, set), ...last);
    const fold = h("button", { type: "button", class: "button filter-fold", "aria-expanded": String(opened) }, icon("list"), counted);
    fold.addEventListener("click", () => {
      opened = !opened;
      box.hidden = !opened;
      fold.setAttribute("aria-expanded", String(opened));
    });
    fill(element, typed(now.q ?? "", (q) => set({ q })), ...before, fold, box);
    count();
  };
  narrow.addEventListener("change", draw);
  draw();
  return {
    element,
    show: (query) => {
      now = query;
      draw();
    },
  };
}

type Set = (change: Query, redraw?: boolean) => void;

function typed(begin: string, change: (text: string) => void): HTMLElement {
  const input = h("input", { type: "search", value: begin, placeholder: w("filter.q"), "aria-label": w("filter.q"), maxlength: 60 });
  let timer = 0;
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => change(input.value.trim()), TYPED_WAIT_MS);
  });
  return h("div", { class: "search filter-q" }, icon("search"), input);
}

/** A menu in which a unit is found by its name or in the tree, which is only asked for once it is opened. */
export function unitMenu(now: string, info: MapInfo, set: (unit: string) => void, all_words = w("filter.unit_all")): HTMLElement {
  const words = h("span", { class: "menu-words" });
  const head = h("summary", { class: "button" }, words, icon("chevron"));
  const say = (name: string) => {
    words.textContent = name;
    head.setAttribute("aria-label", `${w("filter.unit")}：${name}`);
  };
  say(all_words);
  if (now) void ask<UnitCard>(`/api/units/${encodeURIComponent(now)}`).then(({ name }) => say(name), () => say(now));
  const take = (unit: string) => {
    fold.open = false;
    set(unit);
  };
  const tree = new Tree(info.levels, ({ id }) => take(id));
  const all = h("button", { type: "button", class: "link", onclick: () => take("") }, all_words);
  const sheet = h("div", { class: "menu-sheet unit-sheet" }, makeSearch(info.levels, ({ id }) => take(id), "unit"), all, h("div", { class: "unit-tree", role: "group", "aria-label": w("filter.unit_tree") }, tree.element));
  const fold = h("details", { class: "menu filter-menu" }, head, sheet);
  let begun = false;
  fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    if (!begun) void tree.begin();
    begun = true;
    sheet.querySelector("input")?.focus();
  });
  return fold;
}

// The menu stays open while states are ticked: one rarely wants to change a single one.
function stateMenu(begin: Query, set: (state: string) => void): HTMLElement {
  let now = begin;
  const words = h("span", { class: "menu-words" });
  const head = h("summary", { class: "button" }, words, icon("chevron"));
  const boxes = STATES.map((state) => h("input", { type: "checkbox", value: state }));
  const show = () => {
    words.textContent = stateWords(now);
    head.setAttribute("aria-label", `${w("filter.state")}：${stateWords(now)}`);
    STATES.forEach((state, at) => boxes[at] && (boxes[at].checked = statesOf(now).includes(state)));
  };
  const take = (next: Query) => {
    now = next;
    show();
    set(now.state ?? "");
  };
  boxes.forEach((box, at) => box.addEventListener("change", () => take(withState(now, STATES[at] ?? "waiting", box.checked))));
  const quick = (label: string, state: string) => h("button", { type: "button", class: "link", onclick: () => take(tidy({ state })) }, label);
  show();
  const rows = boxes.map((box, at) => h("label", { class: "check" }, box, h("span", {}, sayW("state", STATES[at] ?? ""))));
  return h("details", { class: "menu filter-menu" }, head, h("div", { class: "menu-sheet" }, h("div", { class: "row state-quick" }, quick(w("filter.state_open"), ""), quick(w("filter.state_any"), "any")), ...rows));
}

/** Say which states are asked for. */
export function stateWords(now: Query): string {
  const asked = statesOf(now);
  if (asked === OPEN_STATES) return w("filter.state_open");
  if (asked === STATES) return w("filter.state_any");
  const first = sayW("state", asked[0] ?? "");
  return asked.length === 1 ? first : w("filter.state_some", { first, n: asked.length });
}

function categorySelect(now: Query, { categories }: Registry, set: Set): HTMLElement {
  const chosen = now.category ? `c:${now.category}` : now.major ? `m:${now.major}` : "";
  const option = (value: string, words: string) => h("option", { value, selected: value === chosen }, words);
  const groups = [...byMajor(categories)].map(([major, rows]) =>
    h("optgroup", { label: major }, option(`m:${major}`, `${major} · ${w("filter.major")}`), ...rows.map((one) => option(`c:${one.id}`, categoryName(one)))),
  );
  const select = h("select", { "aria-label": w("filter.category") }, option("", w("filter.category_any")), ...groups);
  select.addEventListener("change", () => {
    const [kind, value] = [select.value.slice(0, 1), select.value.slice(2)];
    set({ category: kind === "c" ? value : "", major: kind === "m" ? value : "" });
  });
  return select;
}

function lateToggle(now: Query, set: Set): HTMLElement {
  const box = h("input", { type: "checkbox", checked: now.late === "1" });
  box.addEventListener("change", () => set({ late: box.checked ? "1" : "" }));
  return h("label", { class: "check filter-late" }, box, h("span", {}, w("filter.late")));
}

function behind(now: Query, { offices }: Registry, set: Set): HTMLElement[] {
  const holderNow = now.raised ? "raised" : (now.holder ?? "");
  return [
    chooser("filter.grade", w("filter.grade_any"), GRADES.map((one) => [one, sayW("grade", one)]), now.grade ?? "", (grade) => set({ grade })),
    chooser(
      "filter.holder",
      w("filter.holder_any"),
      [["mine", w("filter.holder_mine")], ["raised", w("filter.raised_mine")], ...offices.map(({ id, name }): [string, string] => [`office:${id}`, w("filter.holder_office", { name })])],
      holderNow,
      (value) => set({ holder: value === "raised" ? "" : value, raised: value === "raised" ? "mine" : "" }),
    ),
    chooser("filter.source", w("filter.source_any"), SOURCES.map((one) => [one, sayW("source", one)]), now.source ?? "", (source) => set({ source })),
    h("div", { class: "filter-days", role: "group", "aria-label": w("filter.days") }, dayInput("filter.from", now.from ?? "", (from) => set({ from })), h("span", { "aria-hidden": "true" }, "–"), dayInput("filter.to", now.to ?? "", (to) => set({ to }))),
    chooser("filter.sort", w("filter.sort_due"), [["-at", w("filter.sort_new")], ["at", w("filter.sort_old")]], now.sort ?? "", (sort) => set({ sort })),
  ];
}

function chooser(label: "filter.grade" | "filter.holder" | "filter.source" | "filter.sort", any: string, choices: [string, string][], now: string, change: (value: string) => void): HTMLElement {
  const select = h("select", { "aria-label": w(label) }, ...[["", any] as [string, string], ...choices].map(([value, words]) => h("option", { value, selected: value === now }, words)));
  select.addEventListener("change", () => change(select.value));
  return select;
}

function dayInput(label: "filter.from" | "filter.to", now: string, change: (value: string) => void): HTMLElement {
  const input = h("input", { type: "date", value: now, "aria-label": w(label) });
  input.addEventListener("change", () => change(input.value));
  return input;
}
