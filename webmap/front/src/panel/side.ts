// The left side of the map page: search, then the tree and the problems behind two tabs.
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";

interface Tab {
  id: string;
  words: string;
  body: HTMLElement;
}

export interface Side {
  /** Show a number on a tab. */
  mark: (id: string, n: number) => void;
  /** Open or fold the side away (on a phone it lies over the map). */
  open: (on: boolean) => void;
}

/** Fill the side. */
export function fillSide(place: HTMLElement, search: HTMLElement, tabs: Tab[], opened: (tab: string) => void): Side {
  const close = h("button", { type: "button", class: "quiet side-close", "aria-label": t("close") }, icon("close"));
  const strip = h("div", { class: "tabs", role: "tablist", "aria-label": t("side.title") });
  const panels = tabs.map(({ id, body }) =>
    h("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: "side-panel", hidden: true }, body),
  );
  const show = (wanted: string) => {
    tabs.forEach(({ id }, index) => {
      const on = id === wanted;
      const button = strip.children[index];
      button?.setAttribute("aria-selected", String(on));
      button?.setAttribute("tabindex", on ? "0" : "-1");
      const panel = panels[index];
      if (panel) panel.hidden = !on;
    });
    opened(wanted);
  };
  strip.append(...tabs.map(({ id, words }) => tabButton(id, words, () => show(id))));
  strip.addEventListener("keydown", (event) => onTabKey(event, strip));
  fill(place, h("div", { class: "side-head" }, search, close), strip, ...panels);
  const open = (on: boolean) => place.classList.toggle("open", on);
  close.addEventListener("click", () => open(false));
  show(tabs[0]?.id ?? "");
  return { mark: (id, n) => markTab(strip, id, n), open };
}

function tabButton(id: string, words: string, show: () => void): HTMLElement {
  const count = h("span", { class: "tab-count" });
  return h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: show }, words, count);
}

function markTab(strip: HTMLElement, id: string, n: number): void {
  const count = strip.querySelector(`#tab-${id} .tab-count`);
  if (count) count.textContent = n > 0 ? whole(n) : "";
}

function onTabKey(event: KeyboardEvent, strip: HTMLElement): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const tabs = [...strip.children] as HTMLElement[];
  const next = tabs[(tabs.indexOf(event.target as HTMLElement) + by + tabs.length) % tabs.length];
  next?.click();
  next?.focus();
}
