// Choosing a category: those used last, a search by name or number, else by their groups.
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { categoryName, recentCategories, rememberCategory } from "./registry";
import { symbolMark } from "./symbols";
import type { Category } from "./wire";

const MOST_FOUND = 30;

export interface CategoryPick {
  element: HTMLElement;
  chosen: () => Category | null;
  choose: (category: Category | null) => void;
}

/** Give the choice; `changed` is told of each one that is chosen. */
export function categoryPick(categories: readonly Category[], changed: (category: Category | null) => void, words = w("intake.category")): CategoryPick {
  let chosen: Category | null = null;
  const place = h("div", { class: "category-pick", role: "group", "aria-label": words });
  const choose = (category: Category | null, byHand = false) => {
    chosen = category;
    if (category && byHand) rememberCategory(category.id);
    if (category) fill(place, chosenLine(category, () => choose(null, true)));
    else fill(place, ...finder(categories, (one) => choose(one, true)));
    if (byHand) place.querySelector<HTMLElement>("button, input")?.focus();
    changed(category);
  };
  fill(place, ...finder(categories, (one) => choose(one, true)));
  return { element: place, chosen: () => chosen, choose: (category) => choose(category) };
}

function chosenLine(category: Category, change: () => void): HTMLElement {
  const { code, major, symbol } = category;
  return h(
    "div",
    { class: "category-chosen row" },
    symbolMark(symbol),
    h("strong", {}, categoryName(category)),
    h("span", { class: "muted small" }, [major, code].filter(Boolean).join(" · ")),
    h("button", { type: "button", class: "link", onclick: change }, w("intake.category_change")),
  );
}

function finder(categories: readonly Category[], take: (category: Category) => void): HTMLElement[] {
  const list = h("div", { class: "category-list" });
  const input = h("input", { type: "search", placeholder: w("intake.category_find"), "aria-label": w("intake.category_find"), maxlength: 40, autocomplete: "off" });
  const show = () => {
    const text = input.value.trim();
    if (text) fill(list, ...foundRows(findCategories(categories, text), take));
    else fill(list, recentRow(categories, take), ...groups(categories, take));
  };
  input.addEventListener("input", show);
  // Enter takes the first that was found, and must not send the form around it.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = findCategories(categories, input.value.trim());
    if (input.value.trim() && first) take(first);
  });
  show();
  return [h("div", { class: "search" }, icon("search"), input), list];
}

/** Find categories whose name, number or group holds the words, those that begin with them first. */
export function findCategories(categories: readonly Category[], text: string): Category[] {
  const sought = text.toLowerCase();
  const rank = ({ name, name_en = "", code, major }: Category) => {
    if (code === sought || name === sought) return 0;
    if (name.toLowerCase().startsWith(sought) || code.startsWith(sought)) return 1;
    if (name.toLowerCase().includes(sought) || name_en.toLowerCase().includes(sought)) return 2;
    return major.toLowerCase().includes(sought) ? 3 : 4;
  };
  return categories
    .map((one) => [rank(one), one] as const)
    .filter(([at]) => at < 4)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one)
    .slice(0, MOST_FOUND);
}

function foundRows(found: Category[], take: (category: Category) => void): HTMLElement[] {
  if (found.length === 0) return [h("p", { class: "muted small" }, w("intake.category_none"))];
  return [h("div", { class: "category-buttons" }, ...found.map((one) => categoryButton(one, take)))];
}

function recentRow(categories: readonly Category[], take: (category: Category) => void): HTMLElement | null {
  const recent = recentCategories(categories);
  if (recent.length === 0) return null;
  return h("div", { class: "category-recent" }, h("p", { class: "muted small" }, w("intake.category_recent")), h("div", { class: "category-buttons" }, ...recent.map((one) => categoryButton(one, take))));
}

function groups(categories: readonly Category[], take: (category: Category) => void): HTMLElement[] {
  return [...byMajor(categories)].map(([major, rows]) => {
    const box = h("div", { class: "category-buttons" });
    const fold = h("details", { class: "category-group" }, h("summary", {}, h("span", {}, major), h("span", { class: "muted small" }, String(rows.length))), box);
    // Some hundred buttons are only made once they are looked at.
    fold.addEventListener("toggle", () => fold.open && box.children.length === 0 && fill(box, ...rows.map((one) => categoryButton(one, take))));
    return fold;
  });
}

/** Give the categories by their group, in the order in which they come. */
export function byMajor(categories: readonly Category[]): Map<string, Category[]> {
  const found = new Map<string, Category[]>();
  for (const one of categories) {
    const major = one.major || w("intake.category_other");
    found.set(major, [...(found.get(major) ?? []), one]);
  }
  return found;
}

function categoryButton(category: Category, take: (category: Category) => void): HTMLElement {
  return h(
    "button",
    { type: "button", class: "button category-button", onclick: () => take(category) },
    symbolMark(category.symbol),
    h("span", {}, categoryName(category)),
    category.restricted ? h("span", { class: "chip warn" }, w("chip.restricted")) : null,
  );
}
