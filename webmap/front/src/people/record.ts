// Lines of the record: who held which post from when to when and how it came about, and what passed from hand to hand.
import { p, sayPeople, title } from "../i18n/people";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { day, whole } from "../ui/format";
import type { Appointment, Handover } from "./wire";

/** Give one appointment; `who` tells whether the person or the unit is what the reader does not know yet. */
export function termLine(term: Appointment, who: "person" | "unit"): HTMLElement {
  const { unit, level, post, from, to } = term;
  const subject = who === "person" ? term.officer.name : (unit?.name ?? "—");
  const span = to ? p("officer.span", { from: day(from), to: day(to) }) : p("officer.since", { day: day(from) });
  return h(
    "li",
    {},
    h("div", { class: "history-what" }, subject, " ", title(level, post), term.acting ? ` · ${p("acting")}` : null),
    h("div", { class: "small" }, span, " · ", howWords(term)),
    term.reason ? h("div", { class: "small" }, `${p("reason")}：${term.reason}`) : null,
    to && term.ended_because ? h("div", { class: "muted small" }, becauseWords(term.ended_because)) : null,
  );
}

function howWords({ how, elected_on, result }: Appointment): string {
  if (how !== "elected" || !elected_on) return sayPeople("how", how);
  const votes = result.votes !== undefined && result.of !== undefined ? p("how.votes", { votes: result.votes, of: result.of }) : "";
  return [p("how.elected_on", { day: day(elected_on) }), votes].filter(Boolean).join(" · ");
}

/** Say why a term ended; what a person wrote stands as it is. */
export function becauseWords(because: string): string {
  return sayPeople("ended", because);
}

/** Say why something passed on. */
export function whyWords(why: string): string {
  return sayPeople("why", why);
}

/** Give one handover as a link to its page. */
export function handoverLine(row: Handover): HTMLElement {
  const { unit, from, to, counts } = row;
  const hands = [from?.name ?? "—", to?.name ?? row.to_unit?.name ?? "—"].join(" → ");
  const homes = counts["homes"];
  return h(
    "li",
    {},
    h("a", { href: `/handover?id=${encodeURIComponent(row.id)}` }, unit ? `${unit.name} ${title(unit.level, "chief")}` : p("handover.title")),
    h("div", { class: "small" }, hands, homes === undefined ? null : ` · ${t("n_homes", { n: whole(homes) })}`),
    h("div", { class: "muted small" }, `${day(row.at)} · ${whyWords(row.why)}`),
  );
}
