// Paper: the 三单台账 (点单, 接单, 评单) of a query as a table to be signed, and one issue on a page.
import { sayW, w } from "../i18n/issues";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { categoryName } from "./registry";
import { chiefWords, groundWords } from "./cardparts";
import { holderWords, placeWords } from "./marks";
import { dueMoment } from "./timeleft";
import { tellEvents } from "./timeline";
import { type Full, type LedgerRow, type Photo, photoPath } from "./wire";

// A sheet outlives its year, so the year is always written: told as seen from another one.
const LONG_AGO = new Date(0);

/** Say a moment with its year. */
export function dated(iso: string | null | undefined): string {
  return iso ? moment(iso, LONG_AGO) : "";
}

function dueWords(due: string | null): string {
  return due ? dueMoment(due, LONG_AGO) : "";
}

/** Give the ledger: what was asked for, who took it, how it was rated, with room for three signatures. */
export function ledgerTable(rows: readonly LedgerRow[]): HTMLElement {
  const over = (words: string, wide: number) => h("th", { scope: "colgroup", colspan: wide }, words);
  const head = (words: string, look = "") => h("th", { scope: "col", class: look }, words);
  return h(
    "table",
    { class: "ledger-table" },
    h("caption", { class: "reader" }, w("print.ledger")),
    h(
      "thead",
      {},
      h("tr", {}, h("th", { rowspan: 2, scope: "col", class: "narrow" }, w("print.no")), over(w("print.report"), 5), over(w("print.accept"), 4), over(w("print.rate"), 3)),
      h(
        "tr",
        {},
        ...[head(w("print.number"), "number"), head(w("print.at")), head(w("print.where")), head(w("print.what")), head(w("print.raiser_sign"), "sign")],
        ...[head(w("print.holder")), head(w("print.accepted")), head(w("print.result")), head(w("print.chief_sign"), "sign")],
        ...[head(w("print.answered")), head(w("print.score")), head(w("print.rater_sign"), "sign")],
      ),
    ),
    h("tbody", {}, ...rows.map(ledgerRow)),
  );
}

function ledgerRow(row: LedgerRow, at: number): HTMLElement {
  const cell = (words: string, look = "") => h("td", { class: look }, words);
  const result = [row.remedy.map((one) => sayW("remedy", one)).join("、"), row.answer].filter(Boolean).join("：");
  return h(
    "tr",
    {},
    cell(String(at + 1), "narrow"),
    ...[cell(row.number, "number"), cell(dated(row.at)), cell(placeWords(row)), cell(`${categoryName(row.category)}：${row.text}`), cell("", "sign")],
    ...[cell(holderWords(row)), cell(dated(row.accepted_at)), cell(result), cell("", "sign")],
    ...[cell(dated(row.answered_at)), cell([row.rating ? sayW("score", row.rating) : "", row.rated_text].filter(Boolean).join("：")), cell("", "sign")],
  );
}

/** Give one issue as a page to be signed. */
export function issueSheet(issue: Full, photos: readonly Photo[]): HTMLElement {
  const row = (term: string, words: string) => (words ? h("tr", {}, h("th", { scope: "row" }, term), h("td", {}, words)) : null);
  const told = tellEvents(issue);
  return h(
    "div",
    {},
    h(
      "table",
      { class: "sheet-facts" },
      h(
        "tbody",
        {},
        row(w("print.number"), issue.number),
        row(w("col.state"), [sayW("state", issue.state), issue.late ? w("map.late") : ""].filter(Boolean).join(" · ")),
        row(w("intake.category"), `${categoryName(issue.category)}（${issue.category.code}）· ${sayW("gradelong", issue.grade)}`),
        row(w("print.what"), issue.text),
        row(w("print.where"), placeWords(issue)),
        row(w("card.source"), `${sayW("source", issue.source)} · ${dated(issue.at)}`),
        row(w("print.raiser"), [issue.raiser?.name, issue.raiser?.phone].filter(Boolean).join(" ")),
        row(`${w("card.chief")}（${w("card.then")}）`, [groundWords(issue.then.chain), issue.then.chief].filter(Boolean).join(" · ")),
        row(`${w("card.chief")}（${w("card.now")}）`, [groundWords(issue.now.chain), chiefWords(issue)].filter(Boolean).join(" · ")),
        row(w("print.holder"), holderWords(issue)),
        row(w("card.result"), issue.clocks.result.met_at ? w("card.met", { at: dated(issue.clocks.result.met_at) }) : dueWords(issue.clocks.result.due)),
        row(w("card.progress"), dueWords(issue.clocks.progress.due)),
        row(w("card.remedy"), issue.remedy.map((one) => sayW("remedy", one)).join("、")),
        row(w("print.answered"), dated(issue.answered_at)),
        row(w("print.score"), issue.rating ? sayW("score", issue.rating) : ""),
        h("tr", {}, h("th", { scope: "row" }, w("card.events")), h("td", {}, h("ol", { class: "sheet-events" }, ...told.map(({ at, sentence, said }) => h("li", {}, `${dated(at)}　${[sentence, ...said].join("；")}`))))),
      ),
    ),
    photos.length > 0 ? h("div", { class: "sheet-photos" }, ...photos.map(({ id, stage }) => h("img", { src: photoPath(id, "full"), alt: sayW("card", `photo_${stage}`) }))) : null,
    h("div", { class: "sheet-signs" }, ...(["print.raiser_sign", "print.chief_sign", "print.rater_sign"] as const).map((who) => h("p", {}, `${w(who)}：`))),
  );
}
