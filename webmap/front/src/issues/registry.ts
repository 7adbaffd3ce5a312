// What many parts of the desk look up: categories, offices, and how units are called. Each is asked for once.
import { ask } from "../api";
import { w } from "../i18n/issues";
import { pageData } from "../pagedata";
import type { Category, Full, Office } from "./wire";

export interface Registry {
  categories: Category[];
  offices: Office[];
}

let known: Promise<Registry> | null = null;
const english = new Map<string, string>();
/** Give the county's categories and offices. */
export function registry(): Promise<Registry> {
  known ??= Promise.all([ask<{ items: Category[] }>("/api/categories"), ask<{ items: Office[] }>("/api/offices")]).then(
    ([{ items: categories }, { items: offices }]) => {
      for (const { id, name_en } of categories) if (name_en) english.set(id, name_en);
      return { categories, offices };
    },
  );
  known.catch(() => (known = null));
  return known;
}

/** Give the name of a category in the reader's language, where the county has one. */
export function categoryName({ id, name }: Pick<Category, "id" | "name">): string {
  return pageData.lang === "en" ? (english.get(id) ?? name) : name;
}

/** Give how ids are called that an issue names: its events, its parties, and the county's offices. */
export function namesIn({ events, parties }: Pick<Full, "events" | "parties">, offices: readonly Office[]): (id: string) => string {
  const known = new Map<string, string>(offices.map(({ id, name }) => [id, name]));
  for (const { id, name } of parties) if (name) known.set(id, name);
  for (const { detail } of events) for (const [id, name] of Object.entries(detail.names ?? {})) known.set(id, name);
  return (id) => known.get(id) ?? w("to.unknown");
}

const RECENT_KEY = "issues.categories";
const RECENT_MOST = 6;

/** Give the categories that were last chosen on this machine, the latest first. */
export function recentCategories(categories: readonly Category[]): Category[] {
  const byItsId = new Map(categories.map((one) => [one.id, one]));
  return recentIds()
    .map((id) => byItsId.get(id))
    .filter((one): one is Category => one !== undefined);
}

/** Remember a category that was chosen; a browser that keeps nothing simply offers none. */
export function rememberCategory(id: string): void {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify([id, ...recentIds().filter((one) => one !== id)].slice(0, RECENT_MOST)));
  } catch {
    // Only a convenience.
  }
}

function recentIds(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}
