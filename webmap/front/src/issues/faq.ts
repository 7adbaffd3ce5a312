// What the local list of answers has to say, before anything is written down: an answer at once is the best one.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import type { FaqRow } from "./wire";

const LEAST = 4;
const SHOWN = 2;

/** Give the box; `helped` is called when an answer was enough. */
export function faqBox(helped: () => void): { element: HTMLElement; ask: (text: string) => void } {
  const element = h("div", { class: "faq", role: "status" });
  const passed = new Set<string>();
  let asked = "";
  const told = (row: FaqRow, answer: "helped" | "passed-on") => ask(`/api/faq/${encodeURIComponent(row.id)}/${answer}`, { method: "POST" }).catch(() => undefined);
  const show = (rows: readonly FaqRow[]) => {
    const left = rows.filter(({ id }) => !passed.has(id)).slice(0, SHOWN);
    fill(element, ...(left.length > 0 ? [h("h3", {}, w("intake.faq")), ...left.map((row) => answerBox(row, rows))] : []));
  };
  const answerBox = (row: FaqRow, rows: readonly FaqRow[]) => {
    const enough = () => {
      void told(row, "helped");
      helped();
    };
    const more = () => {
      passed.add(row.id);
      void told(row, "passed-on");
      show(rows);
    };
    return h(
      "div",
      { class: "faq-row" },
      h("p", {}, h("strong", {}, row.question)),
      h("p", {}, row.answer),
      h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: enough }, w("intake.faq_helped")), h("button", { type: "button", class: "link", onclick: more }, w("intake.faq_more"))),
    );
  };
  return {
    element,
    ask: (text) => {
      if (text.length < LEAST || text === asked) return;
      asked = text;
      // Answers are a help: where there are none, nothing is said.
      ask<{ items: FaqRow[] }>(`/api/faq${query({ q: text.slice(0, 200) })}`).then(({ items }) => asked === text && show(items), () => undefined);
    },
  };
}
