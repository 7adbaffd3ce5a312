// What is it: the kinds used last and the commonest as big buttons with a sign, all others one tap further.
import { f } from "../i18n/field";
import { symbolMark } from "../issues/symbols";
import { pageData } from "../pagedata";
import { fill, h } from "../ui/dom";
import type { App } from "./app";
import type { Category } from "./wire";

const SHOWN = 9;

/** Give the box; `chosen` is told of every choice. */
export function categoryBox(app: App, begin: string, chosen: (id: string) => void): { element: HTMLElement; name: () => string } {
  const all = app.scope?.categories ?? [];
  let now = begin;
  let wide = false;
  const grid = h("div", { class: "category-grid", role: "radiogroup", "aria-label": f("report.what") });
  const find = h("input", { type: "search", class: "category-find", placeholder: f("report.find"), "aria-label": f("report.find"), hidden: true });
  const more = h("button", { type: "button", class: "button wide" });
  const show = () => {
    const words = find.value.trim();
    const rows = wide ? all.filter((one) => matches(one, words)) : common(app, all, now);
    fill(grid, ...rows.map((one) => button(one, one.id === now, pick)), rows.length === 0 ? h("p", { class: "muted" }, f("report.none_found")) : null);
    more.textContent = wide ? f("report.fewer") : f("report.more");
    find.hidden = !wide;
  };
  const pick = (id: string) => {
    now = id;
    wide = false;
    find.value = "";
    chosen(id);
    show();
  };
  more.addEventListener("click", () => {
    wide = !wide;
    show();
  });
  find.addEventListener("input", show);
  show();
  const element = h("div", { class: "category-box" }, h("h2", {}, f("report.what")), find, grid, all.length > SHOWN ? more : null);
  return { element, name: () => nameOf(all.find(({ id }) => id === now)) };
}

function button(category: Category, on: boolean, pick: (id: string) => void): HTMLElement {
  return h("button", { type: "button", role: "radio", "aria-checked": String(on), class: "category-tile", onclick: () => pick(category.id) }, symbolMark(category.symbol), h("span", {}, nameOf(category)));
}

/** Give a category's name in the reader's language. */
export function nameOf(category: Pick<Category, "name"> & { name_en?: string | undefined } | undefined): string {
  if (!category) return "";
  return pageData.lang === "en" ? category.name_en || category.name : category.name;
}

function matches({ name, name_en, code, major }: Category, words: string): boolean {
  return words === "" || [name, name_en ?? "", code, major].some((one) => one.toLowerCase().includes(words.toLowerCase()));
}

// Those reported last from this phone and those of the issues it holds, then one of each sign in the county's order, so
// that the first look holds something of everything.
function common(app: App, all: readonly Category[], chosen: string): Category[] {
  const used = app.items.filter(({ kind }) => kind === "report").reverse().map(({ body }) => body["category_id"]);
  const around = (app.scope?.issues ?? []).map(({ category }) => category.id);
  const recent = [chosen, ...used, ...around].map((id) => all.find((one) => one.id === id)).filter((one) => one !== undefined);
  const signs = new Set<string>();
  const varied = all.filter(({ symbol, restricted }) => !restricted && !signs.has(symbol) && signs.add(symbol));
  return [...new Set([...recent, ...varied, ...all])].slice(0, SHOWN);
}
