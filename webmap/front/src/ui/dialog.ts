// Questions asked before something is done: a native <dialog>, so focus, Esc and screen readers are right by themselves.
import { t } from "../i18n/index";
import { h } from "./dom";

export interface Question {
  title: string;
  text?: string;
  body?: HTMLElement[];
  confirm: string;
  danger?: boolean;
  /** Filled in when a written reason is wanted: its label and its least number of characters. */
  reason?: { label: string; least: number };
}

/** Ask; gives the reason (or "" where none is wanted) when confirmed, null when left. */
export function question(asked: Question): Promise<string | null> {
  return new Promise((resolve) => {
    const input = asked.reason
      ? h("textarea", { id: "dialog-reason", rows: 3, required: true, minlength: asked.reason.least, maxlength: 200 })
      : null;
    const field = asked.reason && input ? h("label", { class: "field" }, h("span", {}, asked.reason.label), input) : null;
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", {}, asked.title),
      asked.text ? h("p", {}, asked.text) : null,
      ...(asked.body ?? []),
      field,
      h(
        "div",
        { class: "dialog-actions" },
        h("button", { type: "button", class: "button", onclick: () => close(null) }, t("cancel")),
        h("button", { type: "submit", class: `button primary${asked.danger ? " danger" : ""}` }, asked.confirm),
      ),
    );
    const dialog = h("dialog", { "aria-label": asked.title }, form);
    const close = (answer: string | null) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close(input ? input.value.trim() : "");
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Show something that only has to be read and closed. */
export function notice(title: string, ...body: HTMLElement[]): Promise<void> {
  return new Promise((resolve) => {
    const done = h("button", { type: "submit", class: "button primary" }, t("done"));
    const dialog = h(
      "dialog",
      { "aria-label": title },
      h("form", { method: "dialog" }, h("h2", {}, title), ...body, h("div", { class: "dialog-actions" }, done)),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
