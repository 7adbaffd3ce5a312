// Printing: the 三单台账 of the query in the address, or with ?id= one issue on a page of A4.
import { ask } from "../api";
import { t } from "../i18n/index";
import { w } from "../i18n/issues";
import { stateWords } from "../issues/filters";
import { dated, issueSheet, ledgerTable } from "../issues/sheet";
import { askPath, type Query, tidy } from "../issues/wanted";
import { type Full, issuePath, type LedgerRow, type Photos } from "../issues/wire";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { UnitCard } from "../wire";

startShell();
// Paper is white, whatever the screen is.
document.documentElement.dataset["theme"] = "light";

const said = new URLSearchParams(location.search);

async function one(id: string): Promise<HTMLElement> {
  const issue = await ask<Full>(issuePath(id));
  const { items } = await ask<Pick<Photos, "items">>(issuePath(id, "photos"));
  const ready = items.filter(({ state, hidden }) => state === "ready" && !hidden);
  return sheet("tall", w("print.one"), [h("span", {}, issue.number), held()], issueSheet(issue, ready));
}

async function ledger(query: Query): Promise<HTMLElement> {
  const found = await ask<{ items: LedgerRow[]; total: number }>(askPath("ledger", query));
  const unit = query.unit ? (await ask<UnitCard>(`/api/units/${encodeURIComponent(query.unit)}`)).name : w("filter.unit_all");
  const range = w("print.range", { unit, filters: stateWords(query), n: whole(found.total) });
  const cut = found.total > found.items.length ? h("p", { class: "note" }, w("print.cut", { n: whole(found.items.length), total: whole(found.total) })) : null;
  const table = found.items.length > 0 ? ledgerTable(found.items) : h("p", { class: "table-empty" }, w("print.none"));
  return sheet("wide", w("print.ledger"), [h("span", {}, range), held()], h("div", {}, cut, table));
}

function held(): HTMLElement {
  return h("span", {}, w("print.held", { at: dated(new Date().toISOString()) }));
}

function sheet(look: "wide" | "tall", title: string, under: HTMLElement[], body: HTMLElement): HTMLElement {
  return h("article", { class: `ledger-sheet ${look}` }, h("h2", {}, title), h("div", { class: "ledger-under" }, ...under), body);
}

function toolbar(): HTMLElement {
  return h(
    "div",
    { class: "print-bar row" },
    h("a", { class: "button", href: `/issues${location.search}` }, w("print.back")),
    h("span", { class: "muted" }, w("print.hint")),
    h("span", { class: "spacer" }),
    h("button", { type: "button", class: "button primary", onclick: () => window.print() }, icon("print"), t("print.print")),
  );
}

const place = need("#print");
place.append(toolbar());
const id = said.get("id");
(id ? one(id) : ledger(tidy(Object.fromEntries(said)))).then((made) => place.append(made), tellError);
