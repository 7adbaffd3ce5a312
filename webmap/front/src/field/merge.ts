// What a person sees: what the server said last, with what this phone has done since laid over it. Pure.
import type { State } from "../issues/wire";
import type { Item } from "./outbox";
import type { Category, FieldHome, FieldIssue, Scope, Step } from "./wire";

/** Something to do or to follow: an issue, or a report that only this phone knows yet. */
export interface Matter {
  id: string;
  number: string;
  category: Pick<Category, "id" | "name" | "symbol">;
  text: string;
  state: State;
  late: boolean;
  due: string | null;
  lon: number;
  lat: number;
  at: string;
  place: string;
  steps: Step[];
  /** The event seen last, that the next step is based on. */
  last: string;
  /** What of it is still on this phone. */
  unsent: Item[];
  /** Whether the server knows it at all. */
  known: boolean;
}

export interface Counts {
  todo: number;
  late: number;
  visits: number;
  unsent: number;
  refused: number;
}

const WAITING: readonly Item["state"][] = ["queued", "sending", "refused"];
const text = (name: string): Step["fields"][number] => ({ name, kind: "text" });

// The steps that follow upon a step without the server's word: the commonest way of an issue, from hand to answer.
const FOLLOWS: Record<string, { state: State; steps: Step[] }> = {
  accepted: { state: "in_hand", steps: [{ kind: "progress", fields: [text("text")] }, { kind: "solved", fields: [{ name: "remedy", kind: "remedy", choices: ["on_spot", "money", "project"] }, text("text")] }] },
  solved: { state: "solved", steps: [{ kind: "answered", fields: [{ name: "how", kind: "choice", choices: ["app", "phone", "visit", "read_out", "notice"] }, text("text")] }] },
  answered: { state: "answered", steps: [{ kind: "rated", fields: [{ name: "score", kind: "choice", choices: ["solved", "half", "not"] }, { ...text("text"), optional: true }, { name: "read_out", kind: "flag", optional: true }] }] },
  closed: { state: "closed", steps: [] },
  refused: { state: "waiting", steps: [] },
  escalated: { state: "waiting", steps: [] },
  withdrawn: { state: "withdrawn", steps: [] },
};

/** Give what is on this phone and not at the server yet; a photo goes with its report, and counts by itself only after it. */
export function unsentOf(items: readonly Item[]): Item[] {
  const waiting = items.filter(({ state }) => WAITING.includes(state));
  const reports = new Set(waiting.filter(({ kind }) => kind === "report").map(({ id }) => id));
  return waiting.filter(({ kind, issue, state }) => kind !== "photo" || state === "refused" || !reports.has(issue));
}

// Whether something done here is not in what the server told last, and is not refused either.
function holds({ state, folded }: Item): boolean {
  return state === "queued" || state === "sending" || (state === "sent" && !folded);
}

/** Give all matters, the most pressing first. */
export function mattersOf(scope: Scope, items: readonly Item[]): Matter[] {
  const known = new Set(scope.issues.map(({ id }) => id));
  const own = items.filter((one) => one.kind === "report" && (holds(one) || one.state === "refused") && !known.has(one.id));
  const reports = own.map((one) => fromReport(scope, one, items));
  return [...scope.issues.map((one) => fromIssue(one, items)), ...reports].sort(pressing);
}

function fromIssue(issue: FieldIssue, items: readonly Item[]): Matter {
  const unsent = unsentOf(items).filter((one) => one.issue === issue.id && one.kind !== "voice");
  const { id, number, category, text: words, late, due, lon, lat, at } = issue;
  const place = (issue.chain.length > 1 ? issue.chain.slice(1) : issue.chain).map(({ name }) => name).join(" › ");
  const begin: Matter = { id, number, category, text: words, state: issue.state, late, due, lon, lat, at, place: issue.place_text || place, steps: issue.steps, last: issue.last, unsent, known: true };
  // A step the server has taken since the phone last heard from it counts too, or the same step would be offered again.
  const since = items.filter((one) => one.issue === id && one.kind === "event" && holds(one));
  return since.sort((one, other) => one.seq - other.seq).reduce(afterStep, begin);
}

function afterStep(matter: Matter, item: Item): Matter {
  const follows = FOLLOWS[String(item.body["kind"])];
  return { ...matter, last: item.id, ...(follows ?? {}) };
}

function fromReport(scope: Scope, item: Item, items: readonly Item[]): Matter {
  const { body } = item;
  const category = scope.categories.find(({ id }) => id === body["category_id"]);
  return {
    id: item.id, number: "", category: category ?? { id: "", name: item.title, symbol: "other" }, text: String(body["text"] ?? ""), state: "waiting", late: false,
    due: null, lon: Number(body["lon"]), lat: Number(body["lat"]), at: item.made_at, place: String(body["place_text"] ?? ""), steps: [], last: item.id,
    unsent: unsentOf(items).filter((one) => one.id === item.id || one.issue === item.id), known: item.state === "sent",
  };
}

function pressing(one: Matter, other: Matter): number {
  return Number(other.late) - Number(one.late) || (one.due ?? "9").localeCompare(other.due ?? "9") || other.at.localeCompare(one.at);
}

/** Give what is for this person to do next: what they may take a step on beyond remarks and urging. */
export function isToDo({ steps, state }: Matter): boolean {
  return ["waiting", "in_hand", "solved", "answered"].includes(state) && steps.some(({ kind }) => !["noted", "voiced", "urged", "withdrawn", "moved", "recategorised", "reopened"].includes(kind));
}

/** Give homes as they are after the visits made on this phone, and which of those may still be taken back. */
export function homesOf(scope: Scope, items: readonly Item[]): FieldHome[] {
  const taken = new Set(items.filter(({ kind }) => kind === "withdraw_visit").map(({ issue }) => issue));
  const visited = new Map<string, string>();
  for (const item of items) {
    if (item.kind === "visit" && item.body["kind"] === "visit" && holds(item) && !taken.has(item.id)) visited.set(String(item.body["household"]), item.made_at.slice(0, 10));
  }
  return scope.homes.map((home) => (visited.has(home.id) ? { ...home, last_visit: visited.get(home.id)!, state: "done" } : home));
}

/** Give the figures of the first screen. */
export function countsOf(scope: Scope, items: readonly Item[]): Counts {
  const matters = mattersOf(scope, items);
  return {
    todo: matters.filter(isToDo).length,
    late: matters.filter(({ late }) => late).length,
    visits: homesOf(scope, items).filter(({ state }) => state !== "done").length,
    unsent: unsentOf(items).length,
    refused: items.filter(({ state }) => state === "refused").length,
  };
}
