// The query as a list: a table that grows a page at a time, with boxes to tick where something may be done with many.
import { ask } from "../api";
import { t } from "../i18n/index";
import { sayW, w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { day, whole } from "../ui/format";
import { tellError } from "../ui/toast";
import { excerpt, holderBeside, holderWords, issueChips, leftMark, markCurrent, placeWords, stateMark } from "./marks";
import { categoryName } from "./registry";
import { symbolMark } from "./symbols";
import { askPath, countFilters, type Query } from "./wanted";
import type { Found, Short } from "./wire";

const PAGE = 50;
// What the server gives at a time.
const MOST = 200;
const TEXT_MOST = 90;

export interface ListWish {
  open: (id: string) => void;
  totals: (total: number, late: number) => void;
  /** Told which issues are ticked; a list without it has no boxes. */
  ticked?: (issues: Short[]) => void;
  /** What stands in the place of a list that holds nothing. */
  empty: (filtered: boolean) => HTMLElement;
}

/** The list. */
export class IssueList {
  readonly element = h("div", { class: "issue-list" });
  private readonly body = h("tbody");
  private readonly foot = h("p", { class: "muted small table-foot", role: "status" });
  private readonly all: HTMLInputElement | null;
  private readonly shown = new Map<string, Short>();
  private readonly chosen = new Set<string>();
  private query: Query = {};
  private next: string | null = null;
  private asked = 0;
  private open = "";

  constructor(private readonly wish: ListWish) {
    this.all = wish.ticked ? h("input", { type: "checkbox", "aria-label": w("list.tick_all") }) : null;
    this.all?.addEventListener("change", () => this.tickAll(this.all?.checked ?? false));
  }

  /** Show what a query finds, from its first page. */
  show(query: Query): Promise<void> {
    this.query = query;
    this.next = null;
    return this.load(true);
  }

  /** Ask again for as many as are shown; what is ticked stays ticked. */
  refresh(): Promise<void> {
    return this.load(true, Math.min(MOST, Math.max(PAGE, this.shown.size)), true);
  }

  /** Mark the issue that is open at the side. */
  mark(id: string): void {
    this.open = id;
    markCurrent(this.body, id);
  }

  /** Untick everything. */
  untick(): void {
    this.tickAll(false);
  }

  private async load(fresh: boolean, limit = PAGE, keep = false): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    this.foot.textContent = t("loading");
    try {
      const found = await ask<Found>(askPath("", this.query, { limit, after: fresh ? null : this.next }));
      // What was asked for since counts, however late this answer comes.
      if (mine === this.asked) this.take(found, fresh, keep);
    } catch (error) {
      if (mine === this.asked) this.foot.textContent = "";
      tellError(error);
    }
  }

  private take({ items, next, total, late }: Found, fresh: boolean, keep: boolean): void {
    if (fresh) this.begin(keep ? new Set(items.map(({ id }) => id)) : new Set());
    this.next = next;
    for (const one of items) this.shown.set(one.id, one);
    const now = new Date();
    this.body.append(...items.map((one) => this.row(one, now)));
    this.tell();
    this.wish.totals(total, late);
    if (this.shown.size === 0) return fill(this.element, this.wish.empty(countFilters(this.query) > 0));
    const more = h("button", { type: "button", class: "link", onclick: () => void this.load(false) }, t("more"));
    fill(this.foot, next ? w("table.shown", { n: whole(this.shown.size), total: whole(total) }) : w("table.all", { n: whole(this.shown.size) }), " ", next ? more : null);
    if (fresh && !this.body.isConnected) this.frame();
  }

  private begin(still: ReadonlySet<string>): void {
    this.shown.clear();
    for (const id of this.chosen) if (!still.has(id)) this.chosen.delete(id);
    fill(this.body);
  }

  private frame(): void {
    const head = [w("col.state"), w("col.what"), w("col.holder"), w("col.left"), w("col.at")].map((words) => h("th", { scope: "col" }, words));
    const table = h(
      "table",
      { class: "table issue-table" },
      h("caption", { class: "reader" }, w("list.caption")),
      h("thead", {}, h("tr", {}, this.all ? h("th", { class: "tick" }, h("label", {}, this.all)) : null, ...head)),
      this.body,
    );
    fill(this.element, h("div", { class: "table-wrap" }, table), this.foot);
  }

  private row(one: Short, now: Date): HTMLTableRowElement {
    const open = () => this.wish.open(one.id);
    const row = h(
      "tr",
      { "data-id": one.id, "aria-current": one.id === this.open ? "true" : null },
      this.all ? h("td", { class: "tick" }, h("label", {}, this.box(one))) : null,
      h("td", { class: "cell-state" }, stateMark(one.state, one.late)),
      h("th", { scope: "row", class: "cell-what" }, whatLine(one, open), h("p", {}, excerpt(one.text, TEXT_MOST)), h("p", { class: "muted small" }, placeWords(one))),
      h("td", { class: `cell-holder${holderBeside(one) ? "" : " same"}` }, holderWords(one)),
      h("td", { class: "cell-left" }, leftMark(one, now), one.paused || !one.due ? null : h("span", { class: "muted small owed" }, owed(one))),
      h("td", { class: "cell-at nowrap" }, day(one.at), h("span", { class: "muted small" }, ` ${sayW("source", one.source)}`)),
    );
    row.addEventListener("click", (event) => {
      if (!(event.target as Element).closest("a, button, input, label") && getSelection()?.isCollapsed !== false) open();
    });
    return row;
  }

  private box(one: Short): HTMLInputElement {
    const box = h("input", { type: "checkbox", checked: this.chosen.has(one.id), "aria-label": w("list.tick", { number: one.number }) });
    box.addEventListener("change", () => {
      if (box.checked) this.chosen.add(one.id);
      else this.chosen.delete(one.id);
      this.tell();
    });
    return box;
  }

  private tickAll(on: boolean): void {
    this.chosen.clear();
    if (on) for (const id of this.shown.keys()) this.chosen.add(id);
    this.body.querySelectorAll<HTMLInputElement>(".tick input").forEach((box) => (box.checked = on));
    this.tell();
  }

  private tell(): void {
    if (this.all) {
      this.all.checked = this.chosen.size > 0 && this.chosen.size === this.shown.size;
      this.all.indeterminate = this.chosen.size > 0 && this.chosen.size < this.shown.size;
    }
    this.wish.ticked?.([...this.chosen].map((id) => this.shown.get(id)).filter((one): one is Short => one !== undefined));
  }
}

// The result and the progress are two kinds of deadline: which one is meant is said.
function owed({ due, result_due }: Short): string {
  return w(result_due !== null && due === result_due ? "card.result" : "card.progress");
}

function whatLine(one: Short, open: () => void): HTMLElement {
  const { category, number } = one;
  return h(
    "div",
    { class: "row tight" },
    symbolMark(category.symbol),
    h("button", { type: "button", class: "link issue-open", "aria-label": `${w("list.open", { number })}：${categoryName(category)}`, onclick: open }, categoryName(category)),
    h("span", { class: "code" }, number),
    ...issueChips(one),
  );
}
