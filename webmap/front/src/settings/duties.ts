// What the server does by itself: done last, what came of it, and due next.
import { ask } from "../api";
import { g, saySetting } from "../i18n/settings";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { telling } from "../ui/toast";
import type { Duty, Items } from "./wire";

/** Give the section. */
export function dutiesSection(): HTMLElement {
  const columns = [g("duties.name"), g("duties.done"), g("duties.result"), g("duties.next")];
  const body = h("tbody");
  const cell = (index: number, words: string) => h("td", { "data-label": columns[index] ?? "" }, words);
  const row = (one: Duty) =>
    h("tr", {}, cell(0, saySetting("duty", one.name)), cell(1, moment(one.done_at)), cell(2, resultWords(one.result)), cell(3, nextWords(one)));
  const none = () => h("tr", {}, h("td", { colspan: columns.length, class: "table-empty" }, g("duties.none")));
  void telling(async () => {
    const { items } = await ask<Items<Duty>>("/api/duties");
    fill(body, ...(items.length ? items.map(row) : [none()]));
  });
  const head = h("thead", {}, h("tr", {}, ...columns.map((words) => h("th", { scope: "col" }, words))));
  const table = h("table", { class: "table cards", id: "duties" }, h("caption", { class: "reader" }, g("duties.title")), head, body);
  return h("section", {}, h("h2", {}, g("duties.title")), h("p", { class: "muted" }, g("duties.text")), h("div", { class: "table-wrap" }, table));
}

/** Say when a duty is due: one whose time has come waits for something to do. */
function nextWords({ held, next_at }: Duty): string {
  if (held) return g("duties.now");
  return new Date(next_at).getTime() <= Date.now() ? g("duties.whenever") : moment(next_at);
}

/** Say what came of a run: the numbers that are not nothing. */
export function resultWords(result: Duty["result"]): string {
  const said = Object.entries(result).filter(([, n]) => n !== 0);
  return said.map(([name, n]) => saySetting("result", name, n)).join("；") || "—";
}
