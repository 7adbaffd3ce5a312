// Short sentences that come up at the edge of the page and are read out: what was done, or why not.
import { sentence } from "../api";
import { t } from "../i18n/index";
import { h } from "./dom";
import { icon } from "./icons";

const SHOWN_MS = 6000;
let place: HTMLElement | null = null;

/** What may be done about a sentence, such as taking it back. */
export interface ToastAct {
  words: string;
  act: () => void;
}

/** Show a sentence for a while, with a button beside it where there is something to do about it. */
export function tell(words: string, kind: "info" | "error" = "info", offer?: ToastAct): void {
  place ??= document.body.appendChild(h("div", { class: "toasts", role: "status", "aria-live": "polite" }));
  const close = h("button", { type: "button", class: "quiet", "aria-label": t("close") }, icon("close"));
  const act = offer ? h("button", { type: "button", class: "button" }, offer.words) : null;
  const toast = h("div", { class: `toast ${kind}` }, kind === "error" && icon("warn"), h("span", {}, words), act, close);
  act?.addEventListener("click", () => {
    toast.remove();
    offer?.act();
  });
  close.addEventListener("click", () => toast.remove());
  place.append(toast);
  // An error stays until it is read and closed.
  if (kind === "info") window.setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Show why something failed; a request that was given up says nothing. */
export function tellError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  tell(sentence(error), "error");
}

/** Run something and tell its failure; gives undefined then. */
export async function telling<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    tellError(error);
    return undefined;
  }
}
