// Sends what waits, once: one tab at a time, in order, and an item counts as sent only when our server names it.
import { due, duePhotos, moved, nextTry, putOff, readEnvelope, settled, wireOf, type Item, type Verdict } from "./outbox";
import type { Store } from "./store";
import { Refused, SignInFirst, talk, Unreachable } from "./talk";
import { CLIENT } from "./wire";

const BATCH = 50;
const LOCK = "sanzhang-field-send";

export interface Round {
  sent: number;
  refused: number;
  /** The version of the net that the server has now; 0 where it did not say. */
  net_version: number;
  signIn: boolean;
  reached: boolean;
  /** When to try again (ms since 1970), null where nothing waits. */
  next_at: number | null;
}

/** Send all that may be sent now, with `eager` also what would wait a little longer. Where another tab is at it, nothing is done here. */
export async function sendAll(store: Store, eager = false): Promise<Round> {
  const idle: Round = { sent: 0, refused: 0, net_version: 0, signIn: false, reached: true, next_at: null };
  if (!navigator.locks) return run(store, idle, eager);
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? run(store, idle, eager) : { ...idle, next_at: Date.now() + 1_000 }));
}

async function run(store: Store, begin: Round, eager: boolean): Promise<Round> {
  const round = { ...begin };
  try {
    await recover(store, eager);
    await sendBatches(store, round);
    await sendPhotos(store, round);
  } catch (error) {
    if (error instanceof SignInFirst) round.signIn = true;
    else if (error instanceof Unreachable) round.reached = false;
    else throw error;
  }
  return { ...round, next_at: nextTry(await store.items()) };
}

// What a killed tab left under way: whether it arrived is not known, and sending it again does no harm.
async function recover(store: Store, eager: boolean): Promise<void> {
  for (const item of await store.items()) {
    if (item.state === "sending") await store.move(moved(item, "queued", { tries: item.tries + 1 }), "sending");
    else if (eager && item.state === "queued" && item.next_at > 0) await store.rewrite({ ...item, next_at: 0 });
  }
}

async function sendBatches(store: Store, round: Round): Promise<void> {
  for (let most = BATCH; ; ) {
    const taken = await take(store, due(await store.items(), Date.now(), most));
    if (taken.length === 0) return;
    try {
      const verdicts = await post(taken, round);
      await settle(store, taken, verdicts, round);
      most = BATCH;
    } catch (error) {
      if (!(error instanceof Refused)) throw await givenBack(store, taken, error);
      // One of them is such that the server refuses them all: one by one it is found, and keeps nothing else back.
      if (taken.length > 1) {
        await Promise.all(taken.map((item) => store.move(moved(item, "queued"), "sending")));
        most = 1;
      } else await settle(store, taken, new Map([[taken[0]!.id, verdictOf(taken[0]!, error)]]), round);
    }
  }
}

async function take(store: Store, wanted: readonly Item[]): Promise<Item[]> {
  const taken: Item[] = [];
  for (const item of wanted) {
    const sending = moved(item, "sending");
    if (await store.move(sending, "queued")) taken.push(sending);
  }
  return taken;
}

async function post(taken: readonly Item[], round: Round): Promise<Map<string, Verdict>> {
  const { json } = await talk("/api/field/batch", { method: "POST", body: { client: CLIENT, items: taken.map(wireOf) } });
  const envelope = readEnvelope(json);
  if (!envelope) throw new Unreachable("not our envelope");
  round.net_version = envelope.net_version;
  return envelope.verdicts;
}

async function settle(store: Store, taken: readonly Item[], verdicts: ReadonlyMap<string, Verdict>, round: Round): Promise<void> {
  for (const item of taken) {
    const after = settled(item, verdicts.get(item.id), new Date());
    await store.move(after, "sending");
    round.sent += Number(after.state === "sent");
    round.refused += Number(after.state === "refused");
  }
}

// Nobody answered: all wait, and longer each time.
async function givenBack(store: Store, taken: readonly Item[], error: unknown): Promise<unknown> {
  const wait = error instanceof SignInFirst ? (item: Item) => moved(item, "queued") : (item: Item) => putOff(item, Date.now());
  await Promise.all(taken.map((item) => store.move(wait(item), "sending")));
  return error;
}

function verdictOf({ id }: Item, { refusal }: Refused): Verdict {
  return { id, status: refusal.status, error: refusal, result: {} };
}

async function sendPhotos(store: Store, round: Round): Promise<void> {
  for (const item of duePhotos(await store.items(), Date.now())) {
    const bytes = await store.bytes(item.id);
    if (!bytes) {
      await store.drop(item.id);
      continue;
    }
    const [sending] = await take(store, [item]);
    if (!sending) continue;
    const verdict = await sendPhoto(sending, bytes).catch(async (error: unknown) => Promise.reject(await givenBack(store, [sending], error)));
    await settle(store, [sending], new Map([[item.id, verdict]]), round);
    if (verdict.status < 400) await store.dropBytes(item.id);
  }
}

async function sendPhoto(item: Item, bytes: ArrayBuffer): Promise<Verdict> {
  const { stage, name } = item.body as { stage: string; name: string };
  const path = `/api/issues/${item.issue}/photos/${item.id}?${new URLSearchParams({ stage, name })}`;
  try {
    const { status, json } = await talk(path, { method: "PUT", body: bytes, headers: { "Content-Type": "application/octet-stream" } });
    if ((json as { id?: unknown } | null)?.id !== item.id) throw new Unreachable("not our answer");
    return { id: item.id, status, error: null, result: {} };
  } catch (error) {
    if (error instanceof Refused) return verdictOf(item, error);
    throw error;
  }
}
