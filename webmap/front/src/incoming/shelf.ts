// What a phone sent and the server refused: why, and closed with a word on what was done about it.
import { ask, query } from "../api";
import { n, sayIncoming } from "../i18n/incoming";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { askWhy, listSection, settle, settledLine, type Page } from "./settling";

interface Refused {
  id: string;
  kind: string;
  message: string;
  given: { body?: Record<string, unknown> } | null;
  by: string;
  at: string;
  settled_at: string | null;
  settled_by: string;
  answer: string;
}

const PATH = "/api/field/shelf";

/** Give the section. */
export function shelfSection(): HTMLElement {
  const page = (_after: string | null, all: boolean) => ask<Page<Refused>>(`${PATH}${query({ all: all ? 1 : null })}`);
  return listSection<Refused>({ id: "shelf", title: n("shelf.title"), text: n("shelf.text"), empty: n("none.shelf"), page, row });
}

function row(one: Refused, again: () => Promise<void>): HTMLElement {
  const close = async () => {
    const answer = await askWhy(n("shelf.settle"), n("shelf.answer"));
    if (answer === null) return;
    await settle(() => ask(`${PATH}/${encodeURIComponent(one.id)}/settle`, { method: "POST", body: { answer } }), n("shelf.done"), again);
  };
  const text = one.given?.body?.["text"];
  return h(
    "li",
    { class: "panel stack" },
    h("p", {}, h("strong", {}, sayIncoming("shelf.kind", one.kind)), " ", typeof text === "string" ? text : ""),
    h("p", {}, one.message),
    h("p", { class: "muted small" }, n("from", { by: one.by, at: moment(one.at) })),
    one.settled_at ? settledLine("", one.settled_by, one.settled_at, one.answer) : h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => void close() }, n("shelf.settle"))),
  );
}
