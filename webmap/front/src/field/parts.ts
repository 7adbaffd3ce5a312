// Parts that several screens share: the head of a screen, rows of a list, the button that calls a form a burden.
import { f } from "../i18n/field";
import { h } from "../ui/dom";
import { icon, type IconName } from "../ui/icons";
import { tell } from "../ui/toast";
import type { App } from "./app";

type Content = HTMLElement | string | null | undefined | false;

/** The head of a screen that leads back. */
export function head(title: string, back: string, ...more: Content[]): HTMLElement {
  return h("header", { class: "field-head" }, h("a", { class: "button quiet-button", href: back, "aria-label": f("back") }, backIcon()), h("h1", {}, title), ...more);
}

function backIcon(): SVGSVGElement {
  const made = icon("chevron");
  made.classList.add("turned");
  return made;
}

/** A row of a list that leads somewhere: a sign, a big line, a small one, another below, and something at its end. */
export function row(href: string, big: Content, small: Content, end: Content = null, mark: Content = null, below: Content = null): HTMLElement {
  return h("a", { class: "field-row", href }, mark, h("span", { class: "field-row-words" }, h("span", { class: "field-row-big" }, big), small ? h("span", { class: "muted small" }, small) : null, below), end);
}

/** What stands where a list is empty: what belongs there. */
export function empty(words: string): HTMLElement {
  return h("p", { class: "field-empty muted" }, words);
}

/** A button with a sign and words. */
export function act(sign: IconName | null, words: string, onclick: () => void, look = ""): HTMLButtonElement {
  return h("button", { type: "button", class: `button ${look}`, onclick }, sign ? icon(sign) : null, words);
}

/** The button by which a person calls a form a burden; the county counts them. */
export function burden(app: App, form: string): HTMLElement {
  const button = h("button", { type: "button", class: "burden" }, f("burden"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    if (await app.keep([{ kind: "burden", body: { form }, title: f("burden") }])) tell(f("burden.done"));
    else button.disabled = false;
  });
  return button;
}

/** Run something again after a pause without another call. */
export function later(act: () => void, wait_ms: number): () => void {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(act, wait_ms);
  };
}
