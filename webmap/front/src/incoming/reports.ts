// What residents sent: let through as an issue, or refused with a reason that they read by their code.
import { ask, query } from "../api";
import { n, sayIncoming } from "../i18n/incoming";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { askWhy, listSection, onMap, settle, settledLine, type Page } from "./settling";

interface Report {
  id: string;
  text: string;
  place_text: string;
  lon: number;
  lat: number;
  category: { id: string; name: string };
  raiser: { name: string; phone: string };
  state: string;
  at: string;
  answer: string;
  settled_by: string;
  settled_at: string | null;
  issue: string;
}

const PATH = "/api/resident-reports";

/** Give the section. */
export function reportsSection(): HTMLElement {
  const page = (after: string | null, all: boolean) => ask<Page<Report>>(`${PATH}${query({ state: all ? null : "waiting", after, limit: 50 })}`);
  return listSection<Report>({ id: "reports", title: n("reports.title"), text: n("reports.text"), empty: n("none.reports"), page, row });
}

function row(one: Report, again: () => Promise<void>): HTMLElement {
  const send = (body: Record<string, unknown>) => ask(`${PATH}/${encodeURIComponent(one.id)}/settle`, { method: "POST", body });
  const take = () => settle(() => send({ take: true, answer: "" }), n("reports.taken"), again);
  const refuse = async () => {
    const answer = await askWhy(n("reports.refuse"), n("reports.why"));
    if (answer !== null) await settle(() => send({ take: false, answer }), sayIncoming("state", "refused"), again);
  };
  const who = [one.raiser.name, one.raiser.phone].filter(Boolean).join(" ");
  const buttons = [
    h("button", { type: "button", class: "button primary", onclick: () => void take() }, n("reports.take")),
    h("button", { type: "button", class: "button", onclick: () => void refuse() }, n("reports.refuse")),
  ];
  const done = [
    settledLine(sayIncoming("state", one.state), one.settled_by, one.settled_at, one.answer),
    one.issue ? h("a", { href: `/issues?id=${encodeURIComponent(one.issue)}` }, n("reports.open_issue")) : null,
  ];
  return h(
    "li",
    { class: "panel stack" },
    h("p", {}, h("strong", {}, one.category.name), " ", one.text),
    h("p", { class: "muted small" }, [one.place_text, who, moment(one.at)].filter(Boolean).join(" · "), " ", onMap(one.lon, one.lat)),
    ...(one.state === "waiting" ? [h("div", { class: "row incoming-acts" }, ...buttons)] : done),
  );
}
