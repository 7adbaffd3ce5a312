// What waits to be sent: which states an item may go through, what goes next, and what an answer makes of it. Pure.

export type ItemKind = "report" | "event" | "voice" | "visit" | "withdraw_visit" | "finding" | "burden" | "photo";

/** draft: a person is at it; queued: to be sent; sending: under way; sent: the server has it; refused: a person must look. */
export type ItemState = "draft" | "queued" | "sending" | "sent" | "refused";

export interface Refusal {
  status: number;
  code: string;
  message: string;
  values: Record<string, unknown>;
}

export interface Item {
  /** Made by the phone: sent twice, it is one. */
  id: string;
  kind: ItemKind;
  state: ItemState;
  /** The order in which it was made. */
  seq: number;
  tries: number;
  /** Not before this moment (ms since 1970) is it tried again. */
  next_at: number;
  /** The issue that an event, a voice or a photo is about. */
  issue: string;
  /** The event that its author had seen last. */
  base: string;
  body: Record<string, unknown>;
  /** What a person reads of it in the list. */
  title: string;
  made_at: string;
  sent_at: string;
  error: Refusal | null;
  /** Whether what the server told last already holds what this came to. */
  folded: boolean;
}

/** What the server says of one item. */
export interface Verdict {
  id: string;
  status: number;
  error: Refusal | null;
  result: Record<string, unknown>;
}

export interface Envelope {
  net_version: number;
  verdicts: Map<string, Verdict>;
}

const WAYS: Record<ItemState, readonly ItemState[]> = {
  draft: ["queued"],
  queued: ["sending", "draft"],
  sending: ["sent", "refused", "queued"],
  sent: [],
  refused: ["draft", "queued"],
};
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
/** A report that is gone from the server on purpose (somebody withdrew it): nothing is left to be sent. */
const GONE = 410;
const TOO_MANY = 429;
const SIGN_IN = 401;

/** Tell whether an item may go from one state to another. */
export function mayMove(from: ItemState, to: ItemState): boolean {
  return WAYS[from].includes(to);
}

/** Give an item in another state; throws where there is no such way. */
export function moved(item: Item, to: ItemState, more: Partial<Item> = {}): Item {
  if (!mayMove(item.state, to)) throw new Error(`an item does not go from ${item.state} to ${to}`);
  return { ...item, ...more, state: to };
}

/** Give how long to wait after so many tries in vain: 2 s, 4 s, … at most five minutes. */
export function wait_ms(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, Math.min(tries, 20) - 1));
}

/** Give what may be sent now, oldest first, photos left out. What hangs on something unsent of the same issue waits for it. */
export function due(items: readonly Item[], now: number, most: number): Item[] {
  const taken: Item[] = [];
  const held = new Set<string>();
  for (const item of inOrder(items)) {
    const about = aboutWhat(item);
    if (item.state === "sent" || item.kind === "photo") continue;
    if (item.state === "queued" && item.next_at <= now && !held.has(about)) {
      if (taken.length < most) taken.push(item);
      else held.add(about);
    } else if (item.kind === "report" || item.state !== "refused") held.add(about);
  }
  return taken;
}

/** Give the photos that may be sent now: those whose report is not itself still on the phone. */
export function duePhotos(items: readonly Item[], now: number): Item[] {
  const unsent = new Set(items.filter(({ kind, state }) => kind === "report" && state !== "sent").map(({ id }) => id));
  return inOrder(items).filter((item) => item.kind === "photo" && item.state === "queued" && item.next_at <= now && !unsent.has(item.issue));
}

/** Give the moment of the next try, null where nothing waits for one. */
export function nextTry(items: readonly Item[]): number | null {
  const waits = items.filter(({ state }) => state === "queued").map(({ next_at }) => next_at);
  return waits.length > 0 ? Math.min(...waits) : null;
}

function aboutWhat(item: Item): string {
  return item.kind === "report" ? item.id : item.issue || item.id;
}

function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => one.seq - other.seq);
}

/** Read an answer as our own envelope; null for anything else, such as the page of a network that asks to sign in. */
export function readEnvelope(value: unknown): Envelope | null {
  if (!isRecord(value) || value["sanzhang"] !== true || !Array.isArray(value["items"])) return null;
  const verdicts = new Map<string, Verdict>();
  for (const one of value["items"] as unknown[]) {
    if (!isRecord(one) || typeof one["id"] !== "string" || typeof one["status"] !== "number") return null;
    verdicts.set(one["id"], { id: one["id"], status: one["status"], error: refusalOf(one["error"], one["status"]), result: isRecord(one["result"]) ? one["result"] : {} });
  }
  return { net_version: typeof value["net_version"] === "number" ? value["net_version"] : 0, verdicts };
}

/** Read a refusal; null where there is none. */
export function refusalOf(error: unknown, status: number): Refusal | null {
  if (!isRecord(error)) return null;
  return { status, code: String(error["code"] ?? ""), message: String(error["message"] ?? ""), values: isRecord(error["values"]) ? error["values"] : {} };
}

/** Give an item under way as the server's word on it (or none) leaves it. */
export function settled(item: Item, verdict: Verdict | undefined, now: Date): Item {
  const gone = verdict?.status === GONE && (item.kind === "report" || item.kind === "photo");
  if (verdict?.status === 200 || verdict?.status === 201 || gone) return moved(item, "sent", { sent_at: now.toISOString(), error: null });
  if (!verdict || verdict.status >= 500 || verdict.status === TOO_MANY || verdict.status === SIGN_IN) return putOff(item, now.getTime());
  return moved(item, "refused", { error: verdict.error ?? { status: verdict.status, code: "http", message: "", values: {} } });
}

/** Give an item whose sending came to nothing: it waits, and is tried again. */
export function putOff(item: Item, now: number): Item {
  const tries = item.tries + 1;
  return moved(item, "queued", { tries, next_at: now + wait_ms(tries) });
}

/** Give an item as the server takes it. */
export function wireOf({ id, kind, issue, base, body }: Item): Record<string, unknown> {
  return { id, kind, ...(issue ? { issue } : {}), base, body };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
