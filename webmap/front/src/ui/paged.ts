// A table that is filled a page at a time, with what to say when it is empty.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import type { Page } from "../wire";
import { fill, h } from "./dom";
import { whole } from "./format";
import { tellError } from "./toast";

export interface PagedWish<T> {
  /** Where to ask; a function where what is wanted changes. */
  path: string | (() => string);
  /** Headings; a pair of a heading and true stands over numbers. */
  columns: (string | [string, true])[];
  row: (item: T) => HTMLTableRowElement;
  empty: string;
  caption?: string;
}

export interface Paged {
  element: HTMLElement;
  /** Ask again from the first page. */
  reload: () => Promise<void>;
}

// On a phone a row becomes a small card, and each cell says by itself what it is.
function labelled(row: HTMLTableRowElement, columns: PagedWish<unknown>["columns"]): HTMLTableRowElement {
  [...row.cells].forEach((cell, index) => {
    cell.dataset["label"] = [columns[index] ?? ""].flat()[0] as string;
  });
  return row;
}

function heading(column: string | [string, true]): HTMLElement {
  if (typeof column === "string") return h("th", { scope: "col" }, column);
  return h("th", { scope: "col", class: "number" }, column[0]);
}

function pagePath(path: PagedWish<unknown>["path"], after: string | null): string {
  const whole = typeof path === "string" ? path : path();
  const paging = query({ after, limit: 50 });
  return whole.includes("?") ? `${whole}&${paging.slice(1)}` : `${whole}${paging}`;
}

/** Give the table; it asks for its first page at once. */
export function pagedTable<T>(wish: PagedWish<T>): Paged {
  const body = h("tbody");
  const foot = h("p", { class: "muted small table-foot", role: "status" });
  const table = h(
    "table",
    { class: "table cards" },
    wish.caption ? h("caption", { class: "reader" }, wish.caption) : null,
    h("thead", {}, h("tr", {}, ...wish.columns.map(heading))),
    body,
  );
  let next: string | null = null;
  let asked = 0;

  const load = async (fresh: boolean) => {
    asked += 1;
    const mine = asked;
    foot.textContent = t("loading");
    try {
      const page = await ask<Page<T>>(pagePath(wish.path, fresh ? null : next));
      // What was asked for since counts, however late this answer comes.
      if (mine !== asked) return;
      if (fresh) fill(body);
      body.append(...page.items.map((item) => labelled(wish.row(item), wish.columns)));
      next = page.next;
      tellFoot(page.total);
    } catch (error) {
      foot.textContent = "";
      tellError(error);
    }
  };
  const tellFoot = (known: number | undefined) => {
    const total = known ?? (next ? undefined : body.children.length);
    if (total === 0) {
      fill(body, h("tr", {}, h("td", { colspan: wish.columns.length, class: "table-empty" }, wish.empty)));
      return fill(foot);
    }
    const more = h("button", { type: "button", class: "link", onclick: () => void load(false) }, t("more"));
    const shown = whole(body.children.length);
    const words = next && total !== undefined ? t("table.shown", { n: shown, total: whole(total) }) : t("table.all", { n: shown });
    fill(foot, next && total === undefined ? null : words, " ", next ? more : null);
  };
  void load(true);
  return { element: h("div", {}, h("div", { class: "table-wrap" }, table), foot), reload: () => load(true) };
}
