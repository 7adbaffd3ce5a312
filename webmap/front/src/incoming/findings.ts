// Homes that somebody in the field found new, gone or not as the register says: taken into it, or refused with a reason.
import { ask, query } from "../api";
import { n, sayIncoming } from "../i18n/incoming";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { askWhy, listSection, onMap, settle, settledLine, type Page } from "./settling";

interface Finding {
  id: string;
  kind: string;
  household: string;
  home: string;
  place: [number, number] | null;
  told: Record<string, string>;
  state: string;
  by: string;
  at: string;
  settled_by: string;
  settled_at: string | null;
  answer: string;
  may_settle: boolean;
}

const PATH = "/api/findings";

/** Give the section. */
export function findingsSection(): HTMLElement {
  const page = (after: string | null, all: boolean) => ask<Page<Finding>>(`${PATH}${query({ state: all ? null : "waiting", after, limit: 50 })}`);
  return listSection<Finding>({ id: "findings", title: n("findings.title"), text: n("findings.text"), empty: n("none.findings"), page, row });
}

function row(one: Finding, again: () => Promise<void>): HTMLElement {
  const send = (body: Record<string, unknown>) => ask(`${PATH}/${encodeURIComponent(one.id)}/settle`, { method: "POST", body });
  const take = () => settle(() => send({ take: true, answer: "" }), n("findings.taken"), again);
  const refuse = async () => {
    const answer = await askWhy(n("findings.refuse"), n("findings.why"));
    if (answer !== null) await settle(() => send({ take: false, answer }), sayIncoming("state", "refused"), again);
  };
  const buttons = [
    h("button", { type: "button", class: "button primary", onclick: () => void take() }, n("findings.take")),
    h("button", { type: "button", class: "button", onclick: () => void refuse() }, n("findings.refuse")),
  ];
  const open = one.may_settle ? [h("div", { class: "row incoming-acts" }, ...buttons)] : [];
  const done = [settledLine(sayIncoming("state", one.state), one.settled_by, one.settled_at, one.answer)];
  const told = [one.told["address"], one.told["text"]].filter(Boolean).join("；");
  return h(
    "li",
    { class: "panel stack" },
    h("p", {}, h("strong", {}, sayIncoming("finding", one.kind)), " ", told),
    one.home ? h("p", {}, one.home) : null,
    h("p", { class: "muted small" }, n("from", { by: one.by, at: moment(one.at) }), " ", one.place ? onMap(...one.place, one.household ? `h-${one.household}` : "") : null),
    ...(one.state === "waiting" ? open : done),
  );
}
