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

export interface Tree {
  element: HTMLElement;
  /** Open the way down to a unit and mark it. */
  reveal: (chain: readonly ChainLink[], id: string) => Promise<void>;
  load: () => Promise<void>;
}

interface Branch {
  list: HTMLElement;
  next: string | null;
  loaded: boolean;
  loading: Promise<void> | null;
}

export function makeTree(levels: Record<string, string>, choose: (unit: Unit) => void): Tree {
  const root = h("ul", { role: "tree", class: "tree", "aria-label": t("tree.title") });
  const branches = new Map<string, Branch>();
  const rows = new Map<string, HTMLElement>();
  branches.set("", { list: root, next: null, loaded: false, loading: null });

  const load = (parent: string): Promise<void> => {
    const branch = branches.get(parent);
    if (!branch) return Promise.resolve();
    branch.loading ??= loadPage(parent, branch).finally(() => {
      branch.loading = null;
    });
    return branch.loading;
  };

  const loadPage = async (parent: string, branch: Branch): Promise<void> => {
    branch.list.setAttribute("aria-busy", "true");
    if (!branch.loaded) branch.list.replaceChildren(h("li", { role: "none", class: "tree-wait" }, t("loading")));
    try {
      const page = await ask<Page<Unit>>(`/api/units${query({ parent, after: branch.next, limit: PAGE_SIZE })}`);
      branch.list.querySelector(":scope > .tree-wait, :scope > .tree-more")?.remove();
      branch.list.append(...page.items.map((unit) => item(unit)));
      branch.next = page.next;
      branch.loaded = true;
      if (page.next) branch.list.append(moreItem(parent, (page.total ?? 0) - branch.list.children.length));
      if (!root.querySelector('[tabindex="0"]')) root.querySelector('[role="treeitem"]')?.setAttribute("tabindex", "0");
    } catch (error) {
      branch.list.replaceChildren();
      tellError(error);
    } finally {
      branch.list.removeAttribute("aria-busy");
    }
  };

  const toggle = (row: HTMLElement, open: boolean) => {
    if (!row.hasAttribute("aria-expanded")) return;
    row.setAttribute("aria-expanded", String(open));
    const id = row.dataset["id"] ?? "";
    if (open && !branches.get(id)?.loaded) void load(id);
  };

  const item = (unit: Unit): HTMLElement => {
    const open = unit.children > 0;
    const row = h(
      "li",
      {
        role: "treeitem",
        tabindex: -1,
        "data-id": unit.id,
        "data-level": unit.level,
        "aria-expanded": open ? "false" : null,
        "aria-selected": "false",
        "aria-labelledby": `row-${unit.id}`,
      },
      line(unit, levels, open, () => toggle(row, row.getAttribute("aria-expanded") !== "true"), () => choose(unit)),
    );
    rows.set(unit.id, row);
    if (open) {
      const list = h("ul", { role: "group" });
      branches.set(unit.id, { list, next: null, loaded: false, loading: null });
      row.append(list);
    }
    return row;
  };

  const moreItem = (parent: string, left: number): HTMLElement =>
    h(
      "li",
      { role: "treeitem", tabindex: -1, class: "tree-more", onclick: () => void load(parent) },
      h("span", { class: "link" }, left > 0 ? t("tree.more", { n: whole(left) }) : t("more")),
    );

  const reveal = async (chain: readonly ChainLink[], id: string): Promise<void> => {
    for (const link of chain) {
      await until(link.id);
      const row = rows.get(link.id);
      if (!row) continue;
      row.setAttribute("aria-expanded", "true");
      if (!branches.get(link.id)?.loaded) await load(link.id);
      lastOpened = link.id;
    }
    await until(id);
    select(id);
  };

  let lastOpened = "";
  const until = async (id: string): Promise<void> => {
    const branch = branches.get(lastOpened);
    for (let page = 0; !rows.has(id) && branch?.loaded && branch.next && page < MOST_PAGES; page += 1) await load(lastOpened);
  };

  const select = (id: string) => {
    root.querySelectorAll('[aria-selected="true"]').forEach((row) => row.setAttribute("aria-selected", "false"));
    const row = rows.get(id);
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    root.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
    row.setAttribute("tabindex", "0");
    row.firstElementChild?.scrollIntoView({ block: "nearest" });
  };

  root.addEventListener("keydown", (event) => onTreeKey(event, root, toggle));
  // A reader of one county or one village begins with that one open.
  const begin = async () => {
    await load("");
    const only = root.children.length === 1 ? root.querySelector<HTMLElement>('[role="treeitem"]') : null;
    if (only) toggle(only, true);
  };
  return { element: root, reveal, load: begin };
}

function line(unit: Unit, levels: Record<string, string>, open: boolean, toggle: () => void, choose: () => void): HTMLElement {
  const twist = h("span", { class: "twist", onclick: (event: Event) => (event.stopPropagation(), toggle()) }, open && icon("chevron"));
  return h(
    "div",
    { class: "tree-row", id: `row-${unit.id}`, onclick: choose },
    twist,
    h("span", { class: "tree-name" }, unit.name),
    h("span", { class: "tree-level" }, levelWord(unit.name, levels[unit.level])),
    unit.problems > 0 && problemCount(unit.problems),
    h("span", { class: "tree-homes" }, whole(unit.homes), h("span", { class: "reader" }, t("home"))),
  );
}

// The sign for the eye, the words for the ear.
function problemCount(n: number): HTMLElement {
  const words = t("tree.problems", { n });
  return h("span", { class: "tree-problems", title: words }, h("span", { "aria-hidden": "true" }, `▲${n}`), h("span", { class: "reader" }, words));
}
