// The tree of units: children are asked for when a unit is opened, a page at a time; one tab stop, arrow keys inside.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { ChainLink, Page, Unit } from "../wire";
import { levelWord } from "./levelword";
import { onTreeKey } from "./treekeys";

const PAGE_SIZE = 100;
// Far more pages than any unit has: a guard against asking for ever while looking for a unit.
const MOST_PAGES = 40;

interface Branch {
  list: HTMLElement;
  next: string | null;
  loaded: boolean;
  loading: Promise<void> | null;
}

function branch(list: HTMLElement): Branch {
  return { list, next: null, loaded: false, loading: null };
}

/** The tree; `choose` is called with the unit that is clicked or taken with Enter. */
export class Tree {
  readonly element = h("ul", { role: "tree", class: "tree", "aria-label": t("tree.title") });
  private readonly branches = new Map<string, Branch>([["", branch(this.element)]]);
  private readonly rows = new Map<string, HTMLElement>();

  constructor(
    private readonly levels: Record<string, string>,
    private readonly choose: (unit: Unit) => void,
    /** What a page says of a unit beside its name, such as who is its chief. */
    private readonly beside: (unit: Unit) => HTMLElement | null = () => null,
  ) {
    this.element.addEventListener("keydown", (event) =>
      onTreeKey(event, this.element, (row, open) => this.toggle(row, open)),
    );
  }

  /** Ask for the top; a reader of one county or one village begins with that one open. */
  async begin(): Promise<void> {
    await this.load("");
    const only = this.element.children.length === 1 ? this.element.querySelector<HTMLElement>('[role="treeitem"]') : null;
    if (only) this.toggle(only, true);
  }

  /** Open the way down to a unit and mark it. */
  async reveal(chain: readonly ChainLink[], id: string): Promise<void> {
    let parent = "";
    for (const link of chain) {
      await this.loadUntil(parent, link.id);
      const row = this.rows.get(link.id);
      // A reader whose ground begins further down has no row for what lies above it.
      if (!row) continue;
      row.setAttribute("aria-expanded", "true");
      if (!this.branches.get(link.id)?.loaded) await this.load(link.id);
      parent = link.id;
    }
    await this.loadUntil(parent, id);
    this.mark(id);
  }

  private load(parent: string): Promise<void> {
    const found = this.branches.get(parent);
    if (!found) return Promise.resolve();
    found.loading ??= this.loadPage(parent, found).finally(() => {
      found.loading = null;
    });
    return found.loading;
  }

  private async loadPage(parent: string, into: Branch): Promise<void> {
    const { list } = into;
    list.setAttribute("aria-busy", "true");
    if (!into.loaded) list.replaceChildren(h("li", { role: "none", class: "tree-wait" }, t("loading")));
    try {
      const page = await ask<Page<Unit>>(`/api/units${query({ parent, after: into.next, limit: PAGE_SIZE })}`);
      list.querySelector(":scope > .tree-wait, :scope > .tree-more")?.remove();
      list.append(...page.items.map((unit) => this.item(unit)));
      into.next = page.next;
      into.loaded = true;
      if (page.next) list.append(this.moreItem(parent, (page.total ?? 0) - list.children.length));
      this.keepTabStop();
    } catch (error) {
      list.replaceChildren();
      tellError(error);
    } finally {
      list.removeAttribute("aria-busy");
    }
  }

  private async loadUntil(parent: string, id: string): Promise<void> {
    const found = this.branches.get(parent);
    for (let page = 0; !this.rows.has(id) && found?.loaded && found.next && page < MOST_PAGES; page += 1) {
      await this.load(parent);
    }
  }

  private item(unit: Unit): HTMLElement {
    const opens = unit.children > 0;
    const row = h(
      "li",
      {
        role: "treeitem",
        tabindex: -1,
        "data-id": unit.id,
        "data-level": unit.level,
        "aria-expanded": opens ? "false" : null,
        "aria-selected": "false",
        "aria-labelledby": `row-${unit.id}`,
      },
      this.line(unit, opens),
    );
    this.rows.set(unit.id, row);
    if (opens) {
      const list = h("ul", { role: "group" });
      this.branches.set(unit.id, branch(list));
      row.append(list);
    }
    return row;
  }

  private line(unit: Unit, opens: boolean): HTMLElement {
    const twist = (event: Event) => {
      event.stopPropagation();
      const row = this.rows.get(unit.id);
      if (row) this.toggle(row, row.getAttribute("aria-expanded") !== "true");
    };
    return h(
      "div",
      { class: "tree-row", id: `row-${unit.id}`, onclick: () => this.choose(unit) },
      h("span", { class: "twist", onclick: twist }, opens && icon("chevron")),
      h("span", { class: "tree-name" }, unit.name),
      h("span", { class: "tree-level" }, levelWord(unit.name, this.levels[unit.level])),
      this.beside(unit),
      unit.problems ? problemCount(unit.problems, (unit.errors ?? 0) > 0) : null,
      h("span", { class: "tree-homes" }, whole(unit.homes), h("span", { class: "reader" }, t("home"))),
    );
  }

  private moreItem(parent: string, left: number): HTMLElement {
    const words = left > 0 ? t("tree.more", { n: whole(left) }) : t("more");
    const load = () => void this.load(parent);
    return h("li", { role: "treeitem", tabindex: -1, class: "tree-more", onclick: load }, h("span", { class: "link" }, words));
  }

  private toggle(row: HTMLElement, open: boolean): void {
    if (!row.hasAttribute("aria-expanded")) return;
    row.setAttribute("aria-expanded", String(open));
    const id = row.dataset["id"] ?? "";
    if (open && !this.branches.get(id)?.loaded) void this.load(id);
  }

  private mark(id: string): void {
    const row = this.rows.get(id);
    this.element.querySelectorAll('[aria-selected="true"]').forEach((old) => old.setAttribute("aria-selected", "false"));
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    this.element.querySelectorAll('[tabindex="0"]').forEach((old) => old.setAttribute("tabindex", "-1"));
    row.setAttribute("tabindex", "0");
    row.firstElementChild?.scrollIntoView({ block: "nearest" });
  }

  private keepTabStop(): void {
    if (this.element.querySelector('[tabindex="0"]')) return;
    this.element.querySelector('[role="treeitem"]')?.setAttribute("tabindex", "0");
  }
}

// The sign for the eye, the words for the ear.
function problemCount(n: number, mustMend: boolean): HTMLElement {
  const words = t("tree.problems", { n });
  const sign = h("span", { "aria-hidden": "true" }, `${mustMend ? "▲" : "△"}${n}`);
  return h("span", { class: mustMend ? "tree-problems" : "tree-problems may-stand", title: words }, sign, h("span", { class: "reader" }, words));
}
