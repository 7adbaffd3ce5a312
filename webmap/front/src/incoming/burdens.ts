// How often each form was called a burden, by form and town: never by whom.
import { ask, query } from "../api";
import { n, sayIncoming } from "../i18n/incoming";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { telling } from "../ui/toast";

interface Burdens {
  items: { form: string; unit: { name: string } | null; count: number }[];
}

const SINCE_DAYS = 92;
const DAY_MS = 86_400_000;

/** Give the section. */
export function burdensSection(): HTMLElement {
  const list = h("ul", { class: "plain-list", id: "burdens" });
  void telling(async () => {
    const from = new Date(Date.now() - SINCE_DAYS * DAY_MS).toISOString();
    const { items } = await ask<Burdens>(`/api/burdens${query({ from })}`);
    fill(list, ...(items.length ? items.map(row) : [h("li", { class: "muted" }, n("none.burdens"))]));
  });
  return h("section", { class: "stack" }, h("h2", {}, n("burdens.title")), h("p", { class: "muted" }, n("burdens.text")), list);
}

function row({ form, unit, count }: Burdens["items"][number]): HTMLElement {
  return h("li", { class: "row" }, h("span", {}, sayIncoming("form", form), " ", h("span", { class: "muted small" }, unit?.name ?? "")), h("strong", {}, n("burdens.count", { n: whole(count) })));
}
