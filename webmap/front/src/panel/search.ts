// Search by name, code or address: an ARIA combobox whose suggestions come while typing.
import { ask, query } from "../api";
import { say, t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Found } from "../wire";

const WAIT_MS = 160;
let boxes = 0;

/** Give a search box that tells what was picked; `kind` narrows what is offered. */
export function makeSearch(levels: Record<string, string>, pick: (found: Found) => void, kind?: Found["kind"]): HTMLElement {
  return new SearchBox(levels, pick, kind).element;
}

class SearchBox {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private timer = 0;
  private going: AbortController | null = null;
  private items: Found[] = [];
  private at = -1;

  constructor(
    private readonly levels: Record<string, string>,
    private readonly pick: (found: Found) => void,
    private readonly kind: Found["kind"] | undefined,
  ) {
    boxes += 1;
    const id = `found-${boxes}`;
    this.input = inputFor(id, t(kind === "unit" ? "search.unit_hint" : "search.hint"));
    this.list = h("ul", { role: "listbox", id, class: "found", "aria-label": t("search.results"), hidden: true });
    this.element = h("div", { class: "search", role: "search" }, icon("search"), this.input, this.list);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.open(this.items.length > 0 && this.input.value.trim() !== ""));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.open(false);
    });
  }

  private typed(): void {
    window.clearTimeout(this.timer);
    const q = this.input.value.trim();
    if (q === "") return this.open(false);
    if (this.list.hidden) {
      fill(this.list, h("li", { class: "found-none" }, t("working")));
      this.open(true);
    }
    this.timer = window.setTimeout(() => void this.seek(q), WAIT_MS);
  }

  private async seek(q: string): Promise<void> {
    this.going?.abort();
    this.going = new AbortController();
    // Homes are many and units few: where only units are wanted, more is asked for and homes are left out.
    const path = `/api/search${query({ q, kind: this.kind ?? null, limit: this.kind ? 40 : 10 })}`;
    try {
      this.show((await ask<{ items: Found[] }>(path, { signal: this.going.signal })).items);
    } catch (error) {
      tellError(error);
    }
  }

  private show(found: Found[]): void {
    this.items = this.kind ? found.filter(({ kind }) => kind === this.kind) : found;
    const rows = this.items.map((row, index) =>
      suggestion(row, this.levels, `${this.list.id}-${index}`, () => this.take(row)),
    );
    fill(this.list, ...(rows.length > 0 ? rows : [h("li", { class: "found-none" }, t("search.none"))]));
    this.mark(rows.length > 0 ? 0 : -1);
    this.open(true);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.open(false);
    const count = this.items.length;
    if (this.list.hidden || count === 0) return;
    if (event.key === "ArrowDown") this.mark((this.at + 1) % count);
    else if (event.key === "ArrowUp") this.mark((this.at - 1 + count) % count);
    else if (event.key === "Enter") this.take(this.items[this.at]);
    else return;
    event.preventDefault();
  }

  private take(found: Found | undefined): void {
    if (!found) return;
    this.input.value = found.label;
    this.open(false);
    this.pick(found);
  }

  private open(on: boolean): void {
    this.list.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
  }

  private mark(next: number): void {
    this.at = next;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === next)));
    const row = this.list.children[next];
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }
}

function inputFor(listId: string, words: string): HTMLInputElement {
  return h("input", {
    type: "search",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": listId,
    "aria-autocomplete": "list",
    "aria-label": words,
    placeholder: words,
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 80,
  });
}

function suggestion(found: Found, levels: Record<string, string>, id: string, take: () => void): HTMLElement {
  const level = found.kind === "household" ? t("home") : (levels[found.level] ?? say("level", found.level));
  const row = h(
    "li",
    { role: "option", id, "aria-selected": "false", tabindex: -1 },
    h("span", { class: "chip" }, level),
    h("span", { class: "found-label" }, found.label),
    h("span", { class: "found-detail" }, found.detail),
  );
  // mousedown, not click: the box must not lose its focus first.
  row.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take();
  });
  return row;
}
