// A form in a dialog that stays open until the server has taken it: what is wrong is told in the form itself.
import { sentence } from "../api";
import { t } from "../i18n/index";
import { h } from "./dom";

/** Show a form; `send` throws what is wrong, which is told in the form; gives what it returned, or null when left. */
export function formDialog<T>(title: string, fields: (HTMLElement | null)[], send: () => Promise<T>, words = t("save")): Promise<T | null> {
  return new Promise((resolve) => {
    const error = h("p", { class: "form-error", role: "alert", hidden: true });
    const submit = h("button", { type: "submit", class: "button primary" }, words);
    const leave = h("button", { type: "button", class: "button", onclick: () => close(null) }, t("cancel"));
    const form = h("form", { method: "dialog", novalidate: true }, h("h2", {}, title), ...fields, error, h("div", { class: "dialog-actions" }, leave, submit));
    const dialog = h("dialog", { "aria-label": title }, form);
    const close = (result: T | null) => {
      dialog.close();
      dialog.remove();
      resolve(result);
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        close(await send());
      } catch (refused) {
        error.textContent = sentence(refused);
        error.hidden = false;
        submit.disabled = false;
      }
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Give a labelled field of a form. */
export function field(words: string, input: HTMLElement, hint?: string): HTMLLabelElement {
  return h("label", { class: "field" }, h("span", {}, words), input, hint ? h("small", { class: "muted" }, hint) : null);
}
