// One page of what passed from hand to hand: from whom, to whom, why, and how much; to read, print and sign.
import { ask } from "../api";
import { t } from "../i18n/index";
import { p, sayPeople, title } from "../i18n/people";
import { whyWords } from "../people/record";
import type { Handover } from "../people/wire";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { moment, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";

startShell();

function sheet(row: Handover): HTMLElement {
  const { unit, from, at, by } = row;
  const post = title(unit?.level ?? "", "chief");
  const name = unit?.name ?? "—";
  return h(
    "article",
    { class: "panel handover" },
    h("h2", {}, p("handover.what", { unit: name, title: post })),
    h(
      "div",
      { class: "hands" },
      hand(p("handover.from"), from?.name ?? "—", `${name}${post}`),
      h("span", { class: "hands-arrow", "aria-hidden": "true" }, "→"),
      hand(p("handover.to"), toName(row), toPost(row)),
    ),
    row.went_up ? h("p", { class: "note" }, p("handover.up", { unit: name, title: post, to: toName(row) })) : null,
    h("dl", { class: "figures" }, ...Object.entries(row.counts).map(([what, n]) => figure(what, n))),
    h("dl", { class: "facts" }, fact(p("handover.at"), moment(at)), fact(p("handover.why"), whyWords(row.why)), fact(p("handover.by"), by)),
    h("div", { class: "signatures" }, h("span", {}, p("handover.sign_from")), h("span", {}, p("handover.sign_to"))),
  );
}

function hand(words: string, name: string, post: string): HTMLElement {
  return h("div", { class: "hand" }, h("span", { class: "muted small" }, words), h("strong", {}, name), h("span", { class: "small" }, post));
}

function toName({ to, to_unit }: Handover): string {
  return to?.name ?? p("handover.village", { name: to_unit?.name ?? "—" });
}

function toPost({ to, to_unit, unit }: Handover): string {
  const where = to_unit ?? unit;
  return to && where ? `${where.name}${title(where.level, "chief")}` : (where?.name ?? "");
}

function figure(what: string, n: number): HTMLElement {
  const told = what === "homes" ? t("n_homes", { n: whole(n) }) : p("passed.n", { n: whole(n) });
  return h("div", { class: "figure" }, h("dd", {}, told), h("dt", {}, sayPeople("passed", what)));
}

function fact(term: string, told: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, told));
}

async function start(): Promise<void> {
  const id = new URLSearchParams(location.search).get("id");
  if (!id) return need("#content").append(h("p", { class: "panel muted" }, p("handover.pick")));
  const { handover } = await ask<{ handover: Handover }>(`/api/handovers/${encodeURIComponent(id)}`);
  const back = handover.unit && !handover.unit.gone ? h("a", { class: "button", href: `/posts?unit=${encodeURIComponent(handover.unit.id)}` }, p("tree.back")) : null;
  const print = h("button", { type: "button", class: "button primary", onclick: () => window.print() }, icon("print"), p("handover.print"));
  need("#content").append(h("div", { class: "row chart-bar" }, back, print), sheet(handover));
}

start().catch(tellError);
