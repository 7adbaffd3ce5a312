// All that was done to a plan, newest first: look at a revision, compare it with now, go back to it; undo and redo by name.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { fill, h } from "../../ui/dom";
import { moment } from "../../ui/format";
import { icon } from "../../ui/icons";
import { tell, tellError } from "../../ui/toast";
import type { Page } from "../../wire";
import { openPlan, type Session } from "./stage";
import { planPath, type Revision } from "./wire";

const PAGE_SIZE = 30;

export interface HistoryWish {
  session: Session;
  /** Show a revision on the map, to be read only. */
  look: (revision: Revision) => void;
  /** Compare a revision with the plan as it stands. */
  compare: (revision: Revision) => void;
}

/** The list; it asks again whenever the plan has a newer revision and the list is in sight. */
export class History {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "history revisions" });
  private readonly foot = h("p", { class: "muted small", role: "status" });
  private readonly undo = h("button", { type: "button", class: "button" });
  private readonly redo = h("button", { type: "button", class: "button" });
  private rows: Revision[] = [];
  private next: string | null = null;
  private shown = "";
  private seen = false;

  constructor(private readonly wish: HistoryWish) {
    const { session } = wish;
    this.undo.addEventListener("click", () => void session.undo());
    this.redo.addEventListener("click", () => void session.redo());
    this.element = h("div", { class: "history-panel" }, h("div", { class: "undo-line" }, this.undo, this.redo), this.list, this.foot);
    this.buttons();
  }

  /** The tab is in sight (or no longer): only then is the list asked for. */
  inSight(seen: boolean): void {
    this.seen = seen;
    this.show();
  }

  /** The plan or its content has changed. */
  show(): void {
    const plan = openPlan(this.wish.session);
    const { revision } = this.wish.session;
    this.buttons();
    const wanted = `${plan?.id ?? ""}:${revision}`;
    if (!this.seen || !plan || wanted === this.shown) return;
    this.shown = wanted;
    void this.load(true);
  }

  private async load(fresh: boolean): Promise<void> {
    const plan = openPlan(this.wish.session);
    if (!plan) return;
    const asked = this.shown;
    if (this.list.childElementCount === 0) this.foot.textContent = t("loading");
    try {
      const path = planPath(plan.id, `/revisions${query({ after: fresh ? null : this.next, limit: PAGE_SIZE })}`);
      const page = await ask<Page<Revision>>(path);
      if (asked !== this.shown) return;
      this.rows = fresh ? page.items : [...this.rows, ...page.items];
      this.next = page.next;
      this.draw();
    } catch (error) {
      this.foot.textContent = "";
      this.shown = "";
      tellError(error);
    }
  }

  private draw(): void {
    const now = this.wish.session.revision;
    fill(this.list, ...this.rows.map((row) => this.row(row, row.number === now)));
    fill(this.foot, this.rows.length === 0 ? d("history.none") : null, this.next ? h("button", { type: "button", class: "link", onclick: () => void this.load(false) }, t("more")) : null);
    this.buttons();
  }

  private row(revision: Revision, now: boolean): HTMLElement {
    const { number, sentence, by, at } = revision;
    const act = (words: string, done: () => void) => h("button", { type: "button", class: "link small", "aria-label": d("history.of", { words, n: number }), onclick: done }, words);
    return h(
      "li",
      { "aria-current": now ? "true" : null },
      h("p", { class: "history-what" }, sentence, now ? h("span", { class: "chip good" }, d("history.now")) : null),
      h("p", { class: "muted small" }, `${d("history.number", { n: number })} · `, h("time", { datetime: at }, moment(at)), ` · ${by}`),
      now ? null : h("p", { class: "row" }, act(d("history.look"), () => this.wish.look(revision)), act(d("history.compare"), () => this.wish.compare(revision)), this.wish.session.mayEdit ? act(d("history.restore"), () => void this.restore(revision)) : null),
    );
  }

  private async restore({ number }: Revision): Promise<void> {
    const { session } = this.wish;
    const reply = await session.restore(number);
    if (reply) tell(reply.sentence, "info", { words: d("undo.short"), act: () => void session.undo() });
  }

  private buttons(): void {
    const plan = openPlan(this.wish.session);
    const { busy } = this.wish.session;
    const set = (button: HTMLButtonElement, on: boolean | undefined, words: string, told: string | undefined, back: boolean) => {
      button.disabled = on !== true || busy;
      button.title = told ?? "";
      const sign = icon("undo");
      if (!back) sign.classList.add("mirrored");
      fill(button, sign, h("span", {}, words), told ? h("span", { class: "muted small what" }, told) : null);
    };
    const effective = this.effective(this.rows[0]);
    set(this.undo, plan?.may?.undo, d("history.undo"), plan?.may?.undo ? effective?.sentence : undefined, true);
    set(this.redo, plan?.may?.redo, d("history.redo"), plan?.may?.redo ? this.undone()?.sentence : undefined, false);
  }

  // The revision whose content a revision holds: an undo stands for the one it went back to.
  private effective(revision: Revision | undefined): Revision | undefined {
    return revision && this.rows.find(({ number }) => number === revision.stands_for);
  }

  // What redo would bring back: the last edit that was made on the content that is shown now.
  private undone(): Revision | undefined {
    const [newest] = this.rows;
    return newest && this.rows.find(({ number, parent, stands_for }) => parent === newest.stands_for && stands_for === number);
  }
}
