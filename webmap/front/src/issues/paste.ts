// A chat message pasted in: read by the server into a draft, with the reason for each thing that it filled in.
import { ask } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { Draft } from "./wire";

const TEXT_MOST = 4000;

/** Give the box; `drafted` is told what was read. */
export function pasteBox(drafted: (draft: Draft) => void): HTMLElement {
  const text = h("textarea", { rows: 4, maxlength: TEXT_MOST, placeholder: w("intake.paste_hint") });
  const told = h("div", { role: "status" });
  const read = h("button", { type: "button", class: "button" }, w("intake.read"));
  read.addEventListener("click", async () => {
    if (!text.value.trim()) return text.focus();
    read.disabled = true;
    try {
      const draft = await ask<Draft>("/api/issues/draft", { method: "POST", body: { text: text.value } });
      drafted(draft);
      fill(told, h("div", { class: "note" }, h("p", {}, w("intake.drafted")), h("ul", { class: "draft-reasons" }, ...draft.hints.map(({ sentence }) => h("li", {}, sentence)))));
    } catch (error) {
      tellError(error);
    }
    read.disabled = false;
  });
  return h("div", { class: "paste stack" }, h("label", { class: "field" }, h("span", {}, w("intake.paste")), text), h("div", {}, read), told);
}
