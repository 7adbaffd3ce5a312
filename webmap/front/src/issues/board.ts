// The query as a board: a column a state, each with its count and what is overdue, each growing by itself.
import { ask } from "../api";
import { t } from "../i18n/index";
import { sayW, w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { tellError } from "../ui/toast";
import { excerpt, holderBeside, issueChips, leftMark, markCurrent, placeWords, stateShape } from "./marks";
import { categoryName } from "./registry";
import { symbolMark } from "./symbols";
import { askPath, type Query, tidy } from "./wanted";
import type { Column, Found, Short, State } from "./wire";

const PAGE = 20;
const TEXT_MOST = 48;

export interface BoardWish {
  open: (id: string) => void;
  totals: (total: number, late: number) => void;
}

/** The board. */
export class Board {
  readonly element = h("div", { class: "issue-board", tabindex: 0, role: "group", "aria-label": w("view.board") });
  private query: Query = {};
  private asked = 0;
  private open = "";

  constructor(private readonly wish: BoardWish) {}

  /** Show what a query finds. */
  async show(query: Query): Promise<void> {
    this.query = query;
    this.asked += 1;
    const mine = this.asked;
    try {
      const { columns } = await ask<{ columns: Column[] }>(askPath("board", query));
      if (mine !== this.asked) return;
      fill(this.element, ...columns.map((column) => this.column(column)));
      const sum = (of: (column: Column) => number) => columns.reduce((total, column) => total + of(column), 0);
      this.wish.totals(sum(({ total }) => total), sum(({ late }) => late));
    } catch (error) {
      tellError(error);
    }
  }

  /** Mark the issue that is open at the side. */
  mark(id: string): void {
    this.open = id;
    markCurrent(this.element, id);
  }

  private column({ state, total, late, items, next }: Column): HTMLElement {
    const list = h("ul", {}, ...items.map((one) => this.row(one)));
    const foot = h("p", { class: "board-more" });
    const showMore = (after: string | null) => fill(foot, after ? h("button", { type: "button", class: "link", onclick: () => void more(after) }, t("more")) : null);
    const more = async (after: string) => {
      fill(foot, t("loading"));
      try {
        const found = await ask<Found>(askPath("", tidy({ ...this.query, state, sort: columnSort(this.query, state) }), { limit: PAGE, after }));
        list.append(...found.items.map((one) => this.row(one)));
        showMore(found.next);
      } catch (error) {
        showMore(after);
        tellError(error);
      }
    };
    showMore(next);
    return h(
      "section",
      { class: "board-column", "data-state": state, "aria-label": sayW("state", state) },
      h("header", { class: "board-head" }, stateShape(state), h("h2", {}, sayW("state", state)), h("span", { class: "board-count" }, whole(total)), late > 0 ? h("span", { class: "chip bad" }, w("desk.late", { n: whole(late) })) : null),
      items.length > 0 ? list : h("p", { class: "muted small board-none" }, w("empty.column")),
      foot,
    );
  }

  private row(one: Short): HTMLElement {
    return h("li", {}, issueTile(one, this.open === one.id, this.wish.open));
  }
}

// As the server sorts a column: what is owed by its deadline, what is solved or over the newest first.
function columnSort(query: Query, state: State): string {
  return state === "waiting" || state === "in_hand" ? (query.sort ?? "") : "-at";
}

/** An issue as a small card that opens it: on the board and in the trays of the console. */
export function issueTile(one: Short, current: boolean, open: (id: string) => void, withState = false): HTMLElement {
  const { id, category, number, text, late, state } = one;
  return h(
    "button",
    { type: "button", class: `issue-tile${late ? " late" : ""}`, "data-id": id, "aria-current": current ? "true" : null, onclick: () => open(id) },
    h("span", { class: "row tight" }, withState ? stateShape(state, late) : null, symbolMark(category.symbol), h("strong", {}, categoryName(category)), h("span", { class: "code" }, number), withState ? h("span", { class: "reader" }, sayW("state", state)) : null),
    h("span", {}, excerpt(text, TEXT_MOST)),
    h("span", { class: "muted small" }, placeWords(one)),
    h("span", { class: "row tight tile-foot" }, leftMark(one, new Date()), ...issueChips(one), h("span", { class: "muted small tile-holder" }, holderBeside(one))),
  );
}
