// My homes: who is due for a visit, in a walking order; one tap says how it went, and can be taken back.
import { f, sayF } from "../i18n/field";
import { pageData } from "../pagedata";
import { h } from "../ui/dom";
import { day, length } from "../ui/format";
import { tell } from "../ui/toast";
import type { Place } from "../wire";
import type { App } from "./app";
import { freshId } from "../ids";
import { ownUnits } from "./ground";
import { groundAt } from "./inside";
import { where } from "./locate";
import { homesOf } from "./merge";
import { nearestNext } from "./nearest";
import { act, burden, empty } from "./parts";
import { talk } from "./talk";
import type { FieldHome } from "./wire";

const ROUND_MOST = 60;
const SHOWN_MOST = 60;

/** The order of a round that a person asked for: ids, and how it came about, in words. It lives while the page does. */
let round: { order: string[]; words: string } | null = null;
let all = false;

/** Draw the list. */
export function homesScreen(app: App): HTMLElement {
  const homes = app.scope ? homesOf(app.scope, app.items) : [];
  const due = homes.filter(({ state }) => state !== "done");
  const shown = inOrder(all ? homes : due);
  const none = homes.length === 0 ? f("homes.no_homes") : f("homes.none");
  return h(
    "section",
    { class: "field-screen" },
    h("header", { class: "ground-head" }, h("h1", {}, f("homes.due", { n: due.length })), h("p", { class: "muted" }, round ? round.words : "")),
    h("div", { class: "row" }, due.length > 1 ? act("locate", f("homes.round"), () => void findRound(app, due), "primary") : null, toggle(app, homes.length), act("plus", f("homes.new"), () => (location.hash = "#finding/new"))),
    ...(shown.length > 0 ? shown.slice(0, SHOWN_MOST).map((one) => homeCard(app, one)) : [empty(none)]),
    app.scope ? errands(app, "") : null,
    burden(app, "visit"),
  );
}

function toggle(app: App, n: number): HTMLElement {
  const button = act(null, f("homes.all", { n }), () => {
    all = !all;
    void app.refresh();
  });
  button.setAttribute("aria-pressed", String(all));
  return button;
}

// Without a round: what is overdue first, then what is due soonest.
function inOrder(homes: readonly FieldHome[]): FieldHome[] {
  const place = new Map(round?.order.map((id, at) => [id, at]) ?? []);
  const rank = ({ id }: FieldHome) => place.get(id) ?? Infinity;
  const soon = (one: FieldHome) => `${one.state === "overdue" ? 0 : one.state === "due" ? 1 : 2}${one.due ?? "9"}`;
  return [...homes].sort((one, other) => (rank(one) === rank(other) ? soon(one).localeCompare(soon(other)) : rank(one) - rank(other)));
}

async function findRound(app: App, due: readonly FieldHome[]): Promise<void> {
  const from: Place | null = (await where())?.place ?? null;
  const own = nearestNext(due, from);
  const near = own.order.slice(0, ROUND_MOST);
  round = { order: own.order.map(({ id }) => id), words: f("homes.round_own", { m: length(own.walk_m) }) };
  try {
    const { json } = await talk("/api/visits/round", { method: "POST", body: { homes: near.map(({ id }) => id), from } });
    const { order, walk_m } = json as { order: string[]; walk_m: number };
    round = { order: [...order, ...own.order.slice(ROUND_MOST).map(({ id }) => id)], words: f("homes.round_server", { m: length(walk_m) }) };
  } catch {
    // No signal: the phone's own order stands.
  }
  await app.refresh();
}

function homeCard(app: App, home: FieldHome): HTMLElement {
  const chip = home.state === "overdue" ? h("span", { class: "chip bad" }, f("homes.overdue")) : home.state === "done" ? h("span", { class: "chip good" }, f("homes.done")) : null;
  const last = home.last_visit ? f("homes.last", { day: day(home.last_visit) }) : f("homes.never");
  const until = home.state === "due" && home.due ? f("homes.due_until", { day: day(home.due) }) : "";
  return h(
    "article",
    { class: "home-card", "data-home": home.id },
    h("a", { class: "home-head", href: `#home-of/${home.id}` }, h("span", { class: "field-row-words" }, h("span", { class: "field-row-big" }, nameOfHome(home)), h("span", { class: "muted small" }, [until, last].filter(Boolean).join(" · "))), home.priority ? h("span", { class: "chip warn" }, f("homes.priority")) : null, chip),
    home.state === "done" ? undoLine(app, home) : outcomes(app, home),
  );
}

/** Say a home by its door. */
export function nameOfHome({ address, building, entrance, floor, room, code }: FieldHome): string {
  const door = [building, entrance, floor, room].filter(Boolean).join("-");
  return [address, door].filter(Boolean).join(" ") || code;
}

function outcomes(app: App, home: FieldHome): HTMLElement {
  const known = app.scope?.outcomes ?? [];
  const buttons = known.map((one) => h("button", { type: "button", class: `button ${one === "home" ? "primary" : ""}`, "data-outcome": one, onclick: () => void visited(app, home, one) }, sayF("outcome", one)));
  return h("div", { class: "outcome-row" }, ...buttons);
}

async function visited(app: App, home: FieldHome, outcome: string): Promise<void> {
  const id = freshId();
  const title = f("visit.done", { home: nameOfHome(home), outcome: sayF("outcome", outcome) });
  const body = { kind: "visit", outcome, household: home.id, unit: "", note: "", device_at: new Date().toISOString() };
  if (await app.keep([{ id, kind: "visit", body, title }])) tell(title, "info", { words: f("visit.undo"), act: () => void takeBack(app, id) });
}

// What was never sent is simply not sent. Once it was tried, the server may have it, whatever it answered: it is told.
async function takeBack(app: App, id: string): Promise<void> {
  const store = app.store;
  if (!store) return;
  if (await store.takeBack(id)) await app.refresh();
  else {
    const item = await store.item(id);
    if (!item) return;
    if (item.state === "sending") return tell(f("visit.too_late"), "error");
    await app.keep([{ kind: "withdraw_visit", issue: id, body: { visit: id }, title: item.title }]);
  }
  tell(f("visit.undone"));
}

function undoLine(app: App, home: FieldHome): HTMLElement | null {
  const taken = new Set(app.items.filter(({ kind }) => kind === "withdraw_visit").map(({ issue }) => issue));
  const made = app.items.filter(({ kind, body, id }) => kind === "visit" && body["household"] === home.id && body["kind"] === "visit" && !taken.has(id)).at(-1);
  return made ? h("div", { class: "outcome-row" }, h("span", { class: "muted" }, sayF("outcome", String(made.body["outcome"]))), act("undo", f("visit.undo"), () => void takeBack(app, made.id))) : null;
}

/** Errands done on the way: one tap and its kind. */
export function errands(app: App, household: string): HTMLElement | null {
  const kinds = app.scope?.errands ?? [];
  if (kinds.length === 0) return null;
  const unit = ownUnits(app.scope!)[0]?.id ?? "";
  const done = async (kind: string, name: string) => {
    const id = freshId();
    const body = { kind: "errand", outcome: kind, household, unit: household ? "" : unit, note: "", device_at: new Date().toISOString() };
    if (await app.keep([{ id, kind: "visit", body, title: name }])) tell(f("errand.done", { name }), "info", { words: f("visit.undo"), act: () => void takeBack(app, id) });
  };
  const nameOf = (one: { name: string; name_en: string }) => (pageData.lang === "en" ? one.name_en || one.name : one.name);
  return h("div", { class: "errands" }, h("h2", {}, f("errand.title")), h("div", { class: "row" }, ...kinds.map((one) => act(null, nameOf(one), () => void done(one.kind, nameOf(one))))));
}

/** Give the unit that a place without a home belongs to; "" where the phone does not know. */
export function unitAt(app: App, place: Place): string {
  return groundAt(app.scope?.units ?? [], place, 0)?.chain.at(-1)?.id ?? "";
}

export { visited };
