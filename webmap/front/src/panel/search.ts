// Search by name, code or address: an ARIA combobox whose suggestions come while typing.
import { ask, query } from "../api";
import { say, t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Found } from "../wire";

const WAIT_MS = 160;
let boxes = 0;

/** Give a search box that tells what was picked; `kinds` narrows what is offered. */
export function makeSearch(levels: Record<string, string>, pick: (found: Found) => void, kinds?: Found["kind"]): HTMLElement {
  boxes += 1;
  const listId = `found-${boxes}`;
  const words = t(kinds === "unit" ? "search.unit_hint" : "search.hint");
  const input = h("input", {
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
  const list = h("ul", { role: "listbox", id: listId, class: "found", "aria-label": t("search.results"), hidden: true });
  const box = h("div", { class: "search", role: "search" }, icon("search"), input, list);
  let timer = 0;
  let going: AbortController | null = null;
  let items: Found[] = [];
  let at = -1;

  const open = (on: boolean) => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", String(on));
  };
  const mark = (next: number) => {
    at = next;
    [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
    const row = list.children[at];
    if (row) {
      input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const choose = (found: Found | undefined) => {
    if (!found) return;
    input.value = found.label;
    open(false);
    pick(found);
  };
  const show = (found: Found[]) => {
    items = kinds ? found.filter(({ kind }) => kind === kinds) : found;
    const rows = items.map((row, index) => suggestion(row, levels, `${listId}-${index}`, () => choose(row)));
    fill(list, ...(rows.length > 0 ? rows : [h("li", { class: "found-none" }, t("search.none"))]));
    mark(items.length > 0 ? 0 : -1);
    open(true);
  };
  const seek = async (q: string) => {
    going?.abort();
    going = new AbortController();
    try {
      show((await ask<{ items: Found[] }>(`/api/search${query({ q, kind: kinds ?? null, limit: kinds ? 40 : 10 })}`, { signal: going.signal })).items);
    } catch (error) {
      tellError(error);
    }
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    const q = input.value.trim();
    if (q === "") return open(false);
    if (list.hidden) {
      fill(list, h("li", { class: "found-none" }, t("working")));
      open(true);
    }
    timer = window.setTimeout(() => void seek(q), WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open(false);
    if (list.hidden || items.length === 0) return;
    if (event.key === "ArrowDown") mark((at + 1) % items.length);
    else if (event.key === "ArrowUp") mark((at - 1 + items.length) % items.length);
    else if (event.key === "Enter") choose(items[at]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("focus", () => items.length > 0 && input.value.trim() !== "" && open(true));
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget as Node | null)) open(false);
  });
  return box;
}

function suggestion(found: Found, levels: Record<string, string>, id: string, choose: () => void): HTMLElement {
  const row = h(
    "li",
    { role: "option", id, "aria-selected": "false", tabindex: -1 },
    h("span", { class: "chip" }, found.kind === "household" ? t("home") : (levels[found.level] ?? say("level", found.level))),
    h("span", { class: "found-label" }, found.label),
    h("span", { class: "found-detail" }, found.detail),
  );
  // mousedown, not click: the box must not lose its focus first.
  row.addEventListener("mousedown", (event) => {
    event.preventDefault();
    choose();
  });
  return row;
}
