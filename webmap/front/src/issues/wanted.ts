// What the desk shows: one query, seen as a list, a map or a board; it stands in the address, so that a link opens the same.
import { query } from "../api";
import { OPEN_STATES, type State, STATES } from "./wire";

export const VIEWS = ["today", "list", "map", "board"] as const;
export type View = (typeof VIEWS)[number];

/** The query's keys as the server names them; "" is not asked for. */
export const KEYS = ["unit", "state", "category", "major", "grade", "late", "holder", "raised", "source", "from", "to", "q", "sort"] as const;
export type Key = (typeof KEYS)[number];
export type Query = Partial<Record<Key, string>>;

export interface Wanted {
  view: View;
  query: Query;
  /** The issue that is open. */
  id: string;
  /** Whether something is being taken in. */
  intake: boolean;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Read what an address asks for; `first` is the view of an address that names none. */
export function wantedOf(search: string, first: View): Wanted {
  const said = new URLSearchParams(search);
  const view = said.get("view") as View | null;
  return {
    view: view && VIEWS.includes(view) ? view : first,
    query: tidy(Object.fromEntries(KEYS.map((key) => [key, said.get(key) ?? ""]))),
    id: said.get("id") ?? "",
    intake: said.get("new") === "1",
  };
}

/** Write it back, without what goes without saying. */
export function addressOf(wanted: Wanted, first: View): string {
  const { view, id, intake } = wanted;
  return query({
    view: view === first ? null : view,
    ...wanted.query,
    id: id || null,
    new: intake ? "1" : null,
  });
}

/** Drop what is empty or makes no sense: an unknown state, a day that is none. */
export function tidy(values: Partial<Record<Key, string | undefined>>): Query {
  const kept = KEYS.map((key) => [key, clean(key, values[key] ?? "")] as const).filter(([, value]) => value !== "");
  return Object.fromEntries(kept);
}

function clean(key: Key, value: string): string {
  if (key === "from" || key === "to") return DAY.test(value) ? value : "";
  if (key === "late") return value === "1" ? "1" : "";
  if (key === "raised") return value === "mine" ? "mine" : "";
  if (key === "sort") return ["at", "-at"].includes(value) ? value : "";
  if (key === "state") return stateWord(value);
  return value.trim();
}

// All open states are what goes without saying, so they are not written out.
function stateWord(value: string): string {
  if (value === "any") return "any";
  const named = value.split(",").filter((one): one is State => STATES.includes(one as State));
  const wanted = STATES.filter((one) => named.includes(one));
  if (wanted.length === STATES.length) return "any";
  return wanted.length === OPEN_STATES.length && OPEN_STATES.every((one) => wanted.includes(one)) ? "" : wanted.join(",");
}

/** Give the states that are asked for, in the order of an issue's life. */
export function statesOf({ state }: Query): readonly State[] {
  if (!state) return OPEN_STATES;
  return state === "any" ? STATES : STATES.filter((one) => state.split(",").includes(one));
}

/** Give the query with a state asked for, or not any more; the last one stays. */
export function withState(asked: Query, state: State, on: boolean): Query {
  const before = statesOf(asked);
  const after = STATES.filter((one) => (one === state ? on : before.includes(one)));
  return after.length === 0 ? asked : tidy({ ...asked, state: after.join(",") });
}

/** Give the address of the query at the server: `what` is "" for the list, or board, points, export, ledger. */
export function askPath(what: string, asked: Query, more: Record<string, string | number | null> = {}): string {
  return `/api/issues${what && `/${what}`}${query({ ...asked, ...more })}`;
}

/** How many filters narrow the query; its order is not one. */
export function countFilters(asked: Query): number {
  return Object.keys(asked).filter((key) => key !== "sort").length;
}
