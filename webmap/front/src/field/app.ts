// What the screens share: who is here, what the phone holds, and the ways to change it. Screens are drawn anew when it changes.
import { f } from "../i18n/field";
import { freshId } from "../ids";
import { tell } from "../ui/toast";
import type { Item, ItemKind } from "./outbox";
import { sendAll } from "./sender";
import { fullness_share, onOthersChange, Store } from "./store";
import { Refused, SignInFirst, talk, Unreachable } from "./talk";
import { CLIENT, type Scope } from "./wire";

const EVERY_MS = 30_000;
/** Above this share of the room the browser gives, the person is warned. */
export const NEARLY_FULL_SHARE = 0.8;

type NewItem = Pick<Item, "kind" | "body" | "title"> & Partial<Pick<Item, "id" | "issue" | "base" | "state">>;

/** Make an item out of what a screen knows of it. */
export function itemOf({ kind, body, title, id = freshId(), issue = "", base = "", state = "queued" }: NewItem): Omit<Item, "seq"> {
  return { id, kind, state, tries: 0, next_at: 0, issue, base, body, title, made_at: new Date().toISOString(), sent_at: "", error: null, folded: false };
}

export class App {
  store: Store | null = null;
  scope: Scope | null = null;
  items: Item[] = [];
  /** Whether the server was reached the last time it was tried. */
  reached = true;
  /** Whether the server wants to know anew who is there. */
  signIn = false;
  /** Why the account may not use the app, in words. */
  barred = "";
  full_share = 0;
  private timer = 0;
  private under = false;
  private again = false;
  private eager = false;
  private readonly listeners: (() => void)[] = [];

  /** Be told whenever something has changed. */
  onChange(act: () => void): void {
    this.listeners.push(act);
  }

  private told(): void {
    this.listeners.forEach((act) => act());
  }

  /** Begin with what is on the phone, then look for the server. */
  async start(): Promise<void> {
    this.store = await Store.current();
    await this.read();
    this.told();
    void this.measure();
    onOthersChange(() => void this.othersChanged());
    window.addEventListener("online", () => this.sync(true));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.sync());
    window.setInterval(() => this.sync(), EVERY_MS);
    this.sync();
  }

  private async othersChanged(): Promise<void> {
    const now = await Store.current();
    if (now?.account !== this.store?.account) return location.reload();
    await this.read();
    this.told();
  }

  private async read(): Promise<void> {
    if (!this.store) return;
    this.scope = (await this.store.scope())?.scope ?? null;
    this.items = await this.store.items();
  }

  // How full the phone is takes a while to tell, and nothing waits for it.
  private async measure(): Promise<void> {
    const before = this.full_share >= NEARLY_FULL_SHARE;
    this.full_share = await fullness_share();
    if (this.full_share >= NEARLY_FULL_SHARE !== before) this.told();
  }

  /** Read the items anew and have the screens drawn. */
  async refresh(): Promise<void> {
    if (this.store) this.items = await this.store.items();
    this.told();
  }

  /** Look for the server: send what waits (with `eager` at once), ask for what is new. Many calls at once are one. */
  sync(eager = false): void {
    this.again = true;
    this.eager ||= eager;
    if (!this.under) void this.contact();
  }

  private async contact(): Promise<void> {
    this.under = true;
    try {
      while (this.again) {
        this.again = false;
        await this.meet();
      }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // The phone's store itself gave way, such as when it is full.
      tell(error.name === "QuotaExceededError" ? f("store.full") : f("store.broken"), "error");
    } finally {
      this.under = false;
      this.told();
    }
  }

  private async meet(): Promise<void> {
    try {
      if (await Store.isLeaving()) return await this.leave();
      await this.askScope();
      this.reached = true;
      this.signIn = false;
      await this.send();
    } catch (error) {
      if (error instanceof SignInFirst) this.signIn = this.reached = true;
      else if (error instanceof Unreachable) this.reached = false;
      else if (error instanceof Refused) this.refused(error);
      else throw error;
      this.told();
    }
  }

  private refused({ refusal }: Refused): void {
    this.reached = true;
    if (refusal.code === "password.must_change") location.assign("/password");
    else if (refusal.code === "factor.must_enrol") location.assign("/security");
    else this.barred = refusal.code === "right.missing" ? f("signin.no_right") : refusal.message;
  }

  private async leave(): Promise<void> {
    await talk("/api/session", { method: "DELETE" }).catch((error: unknown) => {
      if (!(error instanceof SignInFirst)) throw error;
    });
    await Store.left();
    this.signIn = true;
  }

  private async askScope(): Promise<void> {
    const before = this.store ? await this.store.items() : [];
    const known = this.store ? await this.store.scope() : null;
    const { status, json, tag } = await talk("/api/field/scope", { headers: known?.tag ? { "If-None-Match": known.tag } : {} });
    const sent = before.filter(({ state }) => state === "sent");
    if (status === 304) return;
    if (!isScope(json)) throw new Unreachable("not our scope");
    const { key, ...scope } = json;
    if (this.store?.account !== scope.account.id) this.store = await Store.begin(scope.account.id, key);
    await this.store.keepScope(scope, tag, known ? sent : []);
    await this.read();
    this.told();
  }

  private async send(): Promise<void> {
    if (!this.store) return;
    const round = await sendAll(this.store, this.eager);
    this.eager = false;
    this.reached = round.reached;
    this.signIn = round.signIn;
    await this.read();
    this.told();
    window.clearTimeout(this.timer);
    if (round.next_at !== null) this.timer = window.setTimeout(() => this.sync(), Math.max(500, round.next_at - Date.now()));
    const stale = this.scope && round.net_version > this.scope.net_version;
    if (round.sent > 0 || stale) await this.askScope();
  }

  /** Keep something that is to be sent; gives false, and says so, where the phone could not keep it. */
  async keep(items: NewItem[], bytes: ReadonlyMap<string, ArrayBuffer> = new Map()): Promise<boolean> {
    if (!this.store) return false;
    try {
      await this.store.add(items.map(itemOf), bytes);
      performance.mark("field:kept");
      void this.measure();
    } catch (error) {
      tell(error instanceof DOMException && error.name === "QuotaExceededError" ? f("store.full") : f("store.broken"), "error");
      return false;
    }
    await this.refresh();
    if (items.some(({ state = "queued" }) => state === "queued")) this.sync();
    return true;
  }

  /** Put an item into another state, if nobody was faster. */
  async move(item: Item, to: Item): Promise<boolean> {
    const done = this.store ? await this.store.move(to, item.state) : false;
    await this.refresh();
    if (to.state === "queued") this.sync();
    return done;
  }

  /** Take an item away, with the photos that hang on it. */
  async drop(item: Item): Promise<void> {
    const hanging = item.kind === "report" ? this.items.filter(({ kind, issue }) => kind === "photo" && issue === item.id) : [];
    for (const one of [item, ...hanging]) await this.store?.drop(one.id);
    await this.refresh();
  }

  /** Sign out: first here, so that nothing can be read any more, then at the server, now or at the next contact. */
  async signOut(): Promise<void> {
    await Store.end(false);
    this.store = this.scope = null;
    this.items = [];
    await this.leave().catch(() => undefined);
    location.assign("/field");
  }

  /** Tell whether the server is being spoken to. */
  get meeting(): boolean {
    return this.under;
  }

  /** Tell whether the server still understands this version in full. */
  get isTooOld(): boolean {
    return (this.scope?.least_client ?? 0) > CLIENT;
  }

  /** Tell whether a person holds a right. */
  may(right: string): boolean {
    return this.scope?.account.rights.includes(right) ?? false;
  }

  /** Give the items of a kind that are in a state. */
  inState(kind: ItemKind, state: Item["state"]): Item[] {
    return this.items.filter((one) => one.kind === kind && one.state === state);
  }
}

function isScope(json: unknown): json is Scope & { key: string } {
  const told = json as Partial<Scope & { key: string }> | null;
  return typeof told === "object" && told !== null && typeof told.key === "string" && typeof told.account?.id === "string" && Array.isArray(told.units) && Array.isArray(told.issues);
}
