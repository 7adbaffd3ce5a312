// My matters: to do, overdue, not sent yet, sent.
import { f, sayF, type FieldKey } from "../i18n/field";
import { sayW } from "../i18n/issues";
import { stateMark } from "../issues/marks";
import { symbolMark } from "../issues/symbols";
import { timeLeft } from "../issues/timeleft";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import type { App } from "./app";
import { nameOf } from "./categorybox";
import { isToDo, mattersOf, type Matter, unsentOf } from "./merge";
import type { Item } from "./outbox";
import { empty, row } from "./parts";
import { refusedCard } from "./refused";

const TABS = ["todo", "late", "unsent", "sent"] as const;
type Tab = (typeof TABS)[number];
const SENT_MOST = 50;

/** Draw one of its four lists. */
export function mattersScreen(app: App, wanted: string): HTMLElement {
  const tab: Tab = TABS.find((one) => one === wanted) ?? "todo";
  const matters = app.scope ? mattersOf(app.scope, app.items) : [];
  const todo = matters.filter(isToDo);
  const late = matters.filter((one) => one.late);
  const unsent = unsentOf(app.items);
  const counts: Record<Tab, number | null> = { todo: todo.length, late: late.length, unsent: unsent.length, sent: null };
  const tabs = TABS.map((one) => h("a", { href: `#matters/${one}`, class: "tab", "aria-current": one === tab ? "page" : null }, f(`matters.${one}` as FieldKey), counts[one] !== null ? h("b", {}, counts[one]) : null));
  return h("section", { class: "field-screen" }, h("nav", { class: "tabs", "aria-label": f("tab.matters") }, ...tabs), ...list(app, tab, { todo, late, unsent }));
}

function list(app: App, tab: Tab, { todo, late, unsent }: { todo: Matter[]; late: Matter[]; unsent: Item[] }): HTMLElement[] {
  const none = empty(f(`matters.none_${tab}` as FieldKey));
  if (tab === "unsent") return unsent.length > 0 ? unsent.map((one) => (one.state === "refused" ? refusedCard(app, one) : itemRow(one))) : [none];
  if (tab === "sent") {
    const sent = app.items.filter(({ state, kind }) => state === "sent" && kind !== "burden" && kind !== "photo").reverse();
    return sent.length > 0 ? sent.slice(0, SENT_MOST).map(itemRow) : [none];
  }
  const rows = tab === "todo" ? todo : late;
  return rows.length > 0 ? rows.map((one) => matterRow(one)) : [none];
}

/** Give the row of a matter. */
export function matterRow(matter: Matter): HTMLElement {
  const left = timeLeft(matter.due, new Date(), matter.late);
  const small = [nameOf(matter.category), matter.place].filter(Boolean).join(" · ");
  const marks = h("span", { class: "matter-marks small" }, stateMark(matter.state, matter.late), left ? h("span", { class: `left ${left.press}` }, left.words) : null, matter.known ? null : h("span", { class: "chip warn" }, f("matter.not_known")));
  return row(`#matter/${matter.id}`, matter.text || nameOf(matter.category), small, null, symbolMark(matter.category.symbol), marks);
}

function itemRow(item: Item): HTMLElement {
  const what = [sayF("kind", item.kind), item.kind === "event" ? sayW("step", String(item.body["kind"])) : ""].filter(Boolean).join(" · ");
  const words = h("span", { class: "field-row-words" }, h("span", { class: "field-row-big" }, item.title || what), h("span", { class: "muted small" }, `${what} · ${moment(item.made_at)}`));
  return h("div", { class: "field-row", "data-item": item.id }, words, h("span", { class: `chip ${item.state === "sent" ? "good" : "warn"}` }, sayF("state", item.state)));
}
