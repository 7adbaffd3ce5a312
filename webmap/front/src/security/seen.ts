// Who saw a home: its code and two days, and the rows of the audit that tell.
import { ask, query, sentence } from "../api";
import { s } from "../i18n/security";
import { fill, h } from "../ui/dom";
import type { AuditRow } from "../wire";

interface Seen {
  items: AuditRow[];
  more: boolean;
}

/** Give the section; `row` draws one row of the audit as the page's own list does. */
export function seenSection(row: (found: AuditRow) => HTMLTableRowElement): HTMLElement {
  const thing = h("input", { required: true, maxlength: 60, autocomplete: "off", spellcheck: "false" });
  const [from, to] = [h("input", { type: "date" }), h("input", { type: "date" })];
  const told = h("p", { class: "muted", role: "status" });
  const body = h("tbody");
  const field = (words: string, input: HTMLElement) => h("label", { class: "field" }, h("span", {}, words), input);
  const submit = h("button", { type: "submit", class: "button" }, s("seen.ask"));
  const form = h("form", { class: "row", novalidate: true }, field(s("seen.thing"), thing), field(s("seen.from"), from), field(s("seen.to"), to), submit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!thing.value.trim()) return thing.focus();
    submit.disabled = true;
    try {
      const asked = query({ thing: thing.value.trim(), from: from.value || null, to: to.value || null });
      const { items, more } = await ask<Seen>(`/api/audit/seen${asked}`);
      const n = items.length;
      told.textContent = more ? s("seen.more", { n }) : n > 0 ? s("seen.found", { n }) : s("seen.none");
      fill(body, ...items.map(row));
    } catch (refused) {
      told.textContent = sentence(refused);
      fill(body);
    }
    submit.disabled = false;
  });
  return h("details", { class: "seen" }, h("summary", {}, s("seen.title")), form, told, h("table", { class: "table cards" }, body));
}
