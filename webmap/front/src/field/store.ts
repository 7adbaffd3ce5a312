// What the phone keeps: everything personal sealed with its owner's key, the key itself only while its owner is signed in.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { keyOf, open, openBytes, seal, sealBytes, type Sealed } from "./crypt";
import { type Item, type ItemState, mayMove } from "./outbox";
import type { Scope } from "./wire";

const NAME = "sanzhang-field";
const VERSION = 1;
const CHANNEL = "sanzhang-field";

/** An item as it lies in the store: what is needed to find and to order it stands open, all else is sealed. */
interface Kept {
  id: string;
  owner: string;
  seq: number;
  state: ItemState;
  sealed: Sealed;
}

interface Blobbed {
  id: string;
  owner: string;
  sealed: Sealed;
}

interface Schema extends DBSchema {
  /** "who": the account that is signed in and its key; "leaving": that the server has not heard of a sign-out yet. */
  session: { key: string; value: { account: string; key: CryptoKey } | true };
  items: { key: string; value: Kept; indexes: { owner: string } };
  blobs: { key: string; value: Blobbed; indexes: { owner: string } };
  scopes: { key: string; value: { owner: string; tag: string; sealed: Sealed } };
}

type Db = IDBPDatabase<Schema>;

let opened: Promise<Db> | null = null;

function database(): Promise<Db> {
  opened ??= openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore("session");
      db.createObjectStore("items", { keyPath: "id" }).createIndex("owner", "owner");
      db.createObjectStore("blobs", { keyPath: "id" }).createIndex("owner", "owner");
      db.createObjectStore("scopes", { keyPath: "owner" });
    },
    terminated: () => (opened = null),
  });
  opened.catch(() => (opened = null));
  return opened;
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);

/** Be told when another tab has changed the store. */
export function onOthersChange(act: () => void): void {
  channel?.addEventListener("message", act);
}

function changed(): void {
  channel?.postMessage("changed");
}

/** The store as its owner sees it: others' things are not there. */
export class Store {
  private constructor(
    readonly account: string,
    private readonly key: CryptoKey,
  ) {}

  /** Open the store of who is signed in on this phone; null where nobody is. */
  static async current(): Promise<Store | null> {
    const held = await (await database()).get("session", "who");
    return held && held !== true ? new Store(held.account, held.key) : null;
  }

  /** Begin with an account and its key (Base64, from the server); whoever was signed in here before is not any longer. */
  static async begin(account: string, base64: string): Promise<Store> {
    const key = await keyOf(base64);
    const db = await database();
    await db.put("session", { account, key }, "who");
    await db.delete("session", "leaving");
    changed();
    return new Store(account, key);
  }

  /** Forget the key: what is kept stays, and nobody can read it until its owner signs in again. */
  static async end(serverKnows: boolean): Promise<void> {
    const db = await database();
    await db.delete("session", "who");
    if (!serverKnows) await db.put("session", true, "leaving");
    changed();
  }

  /** Tell whether somebody signed out here without the server having heard of it. */
  static async isLeaving(): Promise<boolean> {
    return (await (await database()).get("session", "leaving")) === true;
  }

  /** Note that the server has heard of the sign-out. */
  static async left(): Promise<void> {
    await (await database()).delete("session", "leaving");
  }

  /** Keep what the server told, and mark what was sent before it was asked as contained in it. */
  async keepScope(scope: Scope, tag: string, sentBefore: readonly Item[]): Promise<void> {
    const db = await database();
    await db.put("scopes", { owner: this.account, tag, sealed: await seal(this.key, this.named("scope"), scope) });
    for (const item of sentBefore) if (!item.folded) await this.put({ ...item, folded: true });
    changed();
  }

  /** Give what the server told last, and its tag; null before the first time. */
  async scope(): Promise<{ scope: Scope; tag: string } | null> {
    const kept = await (await database()).get("scopes", this.account);
    return kept ? { scope: await open<Scope>(this.key, this.named("scope"), kept.sealed), tag: kept.tag } : null;
  }

  /** Give all items in the order they were made; one that cannot be opened is left where it is. */
  async items(): Promise<Item[]> {
    const kept = await (await database()).getAllFromIndex("items", "owner", this.account);
    const found = await Promise.all(kept.map((one) => this.opened(one).catch(() => null)));
    return found.filter((one): one is Item => one !== null).sort((one, other) => one.seq - other.seq);
  }

  /** Give one item; null where it is not there. */
  async item(id: string): Promise<Item | null> {
    const kept = await (await database()).get("items", id);
    return kept && kept.owner === this.account ? this.opened(kept) : null;
  }

  private async opened(kept: Kept): Promise<Item> {
    const item = await open<Item>(this.key, this.named(kept.id), kept.sealed);
    return { ...item, state: kept.state, seq: kept.seq };
  }

  /** Add items at the end of the queue, all or none, each with its bytes where it has some. */
  async add(items: readonly Omit<Item, "seq">[], bytes: ReadonlyMap<string, ArrayBuffer> = new Map()): Promise<Item[]> {
    const db = await database();
    const first = Math.max(Date.now(), this.lastSeq + 1);
    this.lastSeq = first + items.length;
    const made = items.map((item, at) => ({ ...item, seq: first + at }));
    const rows = await Promise.all(made.map((item) => this.sealed(item)));
    const blobs = await Promise.all([...bytes].map(async ([id, data]) => ({ id, owner: this.account, sealed: await sealBytes(this.key, this.named(id), data) })));
    const work = db.transaction(["items", "blobs"], "readwrite");
    await Promise.all([...rows.map((row) => work.objectStore("items").put(row)), ...blobs.map((row) => work.objectStore("blobs").put(row)), work.done]);
    changed();
    return made;
  }

  private lastSeq = 0;

  /** Write an item anew, whatever it was. */
  async put(item: Item): Promise<void> {
    const row = await this.sealed(item);
    await (await database()).put("items", row);
    changed();
  }

  /** Write an item's words anew, unless it has gone into another state meanwhile. */
  async rewrite(item: Item): Promise<void> {
    const row = await this.sealed(item);
    const work = (await database()).transaction("items", "readwrite");
    const now = await work.store.get(item.id);
    if (now?.state === item.state) await work.store.put(row);
    await work.done;
  }

  /** Write an item in another state, if it still is in one that leads there: of two tabs only one succeeds. */
  async move(item: Item, from: ItemState): Promise<boolean> {
    if (!mayMove(from, item.state)) throw new Error(`an item does not go from ${from} to ${item.state}`);
    const row = await this.sealed(item);
    const work = (await database()).transaction("items", "readwrite");
    const now = await work.store.get(item.id);
    const fits = now?.state === from;
    if (fits) await work.store.put(row);
    await work.done;
    if (fits) changed();
    return fits;
  }

  private async sealed(item: Item): Promise<Kept> {
    return { id: item.id, owner: this.account, seq: item.seq, state: item.state, sealed: await seal(this.key, this.named(item.id), item) };
  }

  /** Take an item away for good, with its bytes. */
  async drop(id: string): Promise<void> {
    const work = (await database()).transaction(["items", "blobs"], "readwrite");
    await Promise.all([work.objectStore("items").delete(id), work.objectStore("blobs").delete(id), work.done]);
    changed();
  }

  /** Take an item away if it never went under way; tells whether. What was tried may have arrived, whatever came back. */
  async takeBack(id: string): Promise<boolean> {
    const before = await (await database()).get("items", id);
    const item = before ? await this.opened(before) : null;
    if (!before || item?.state !== "queued" || item.tries > 0) return false;
    const work = (await database()).transaction("items", "readwrite");
    const now = await work.store.get(id);
    // Sealed anew is changed: a nonce is used once.
    const same = now !== undefined && now.state === before.state && now.sealed.iv.every((byte, at) => byte === before.sealed.iv[at]);
    if (same) await work.store.delete(id);
    await work.done;
    if (same) changed();
    return same;
  }

  /** Give the bytes of a photo or a voice note; null where there are none. */
  async bytes(id: string): Promise<ArrayBuffer | null> {
    const kept = await (await database()).get("blobs", id);
    return kept && kept.owner === this.account ? openBytes(this.key, this.named(id), kept.sealed) : null;
  }

  /** Keep the bytes of an item, in the place of earlier ones. */
  async keepBytes(id: string, bytes: ArrayBuffer): Promise<void> {
    const sealed = await sealBytes(this.key, this.named(id), bytes);
    await (await database()).put("blobs", { id, owner: this.account, sealed });
  }

  /** Let go of bytes that the server has. */
  async dropBytes(id: string): Promise<void> {
    await (await database()).delete("blobs", id);
  }

  private named(what: string): string {
    return `${this.account}/${what}`;
  }
}

/** Tell how full the phone's room for this page is, as a share of one; 0 where the browser does not say. */
export async function fullness_share(): Promise<number> {
  const told = await navigator.storage?.estimate?.().catch(() => undefined);
  return told?.quota ? (told.usage ?? 0) / told.quota : 0;
}
