// What many parts of the desk look up: categories, offices, and how units are called. Each is asked for once.
import { ask } from "../api";
import { w } from "../i18n/issues";
import type { ChainLink, UnitCard } from "../wire";
import type { Names } from "./timeline";
import type { Category, Full, Office } from "./wire";

export interface Registry {
  categories: Category[];
  offices: Office[];
}

let known: Promise<Registry> | null = null;
const units = new Map<string, string>();
const issues = new Map<string, string>();

/** Give the county's categories and offices. */
export function registry(): Promise<Registry> {
  known ??= Promise.all([ask<{ items: Category[] }>("/api/categories"), ask<{ items: Office[] }>("/api/offices")]).then(
    ([{ items: categories }, { items: offices }]) => ({ categories, offices }),
  );
  known.catch(() => (known = null));
  return known;
}

/** Keep how units are called, wherever an answer says it. */
export function learn(chain: readonly Pick<ChainLink, "id" | "name">[]): void {
  for (const { id, name } of chain) units.set(id, name);
}

/** Keep how an issue is called. */
export function learnIssue({ id, number }: { id: string; number: string }): void {
  issues.set(id, number);
}

/** Find out how everything is called that the events of an issue name, and give the names. */
export async function namesFor(issue: Full): Promise<Names> {
  const { offices, categories } = await registry();
  learnFrom(issue);
  const missing = unitsNamed(issue).filter((id) => !units.has(id));
  await Promise.all(missing.map((id) => ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`).then(({ name }) => units.set(id, name), () => undefined)));
  const lists = { office: byId(offices), category: byId(categories), unit: units, issue: issues };
  return (kind, id) => lists[kind].get(id) ?? w(kind === "issue" ? "to.other" : "to.unknown");
}

function byId(items: readonly { id: string; name: string }[]): Map<string, string> {
  return new Map(items.map(({ id, name }) => [id, name]));
}

function learnFrom({ chain, then, now, holder, parties, told }: Full): void {
  learn([...chain, ...(then?.chain ?? []), ...(now?.chain ?? [])]);
  learn(parties.filter(({ kind, name }) => kind === "unit" && name));
  if (holder?.kind === "unit" && holder.name) learn([holder]);
  learn(told.filter((one): one is { id: string; name: string } => typeof one !== "string" && Boolean(one.name)));
}

function unitsNamed({ events, told }: Full): string[] {
  const found = events.flatMap(({ detail }) => {
    const parties = [detail["to"], detail["goes_to"]] as ({ kind?: string; id?: string; name?: string } | undefined)[];
    const units = parties.filter((one) => one?.kind === "unit" && one.id && !one.name).map((one) => one?.id ?? "");
    return typeof detail["unit"] === "string" ? [...units, detail["unit"]] : units;
  });
  return [...new Set([...found, ...told.filter((one): one is string => typeof one === "string")])];
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
