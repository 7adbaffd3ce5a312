// The list of what departs from the rules, with next and previous that fly to the place.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Page, Violation } from "../wire";

const PAGE_SIZE = 50;

export interface Problems {
  element: HTMLElement;
  load: () => Promise<void>;
}

/** Give the list for a unit, a plan or (with neither) the whole scope; `go` is called with what is stepped to. */
export function makeProblems(
  about: { unit?: string; plan?: string },
  go: (violation: Violation) => void,
  counted: (total: number) => void = () => undefined,
): Problems {
  const list = h("ol", { class: "problem-list" });
  const where = h("output", { class: "problem-at" });
  const step = (by: number) => () => void move(at + by);
  const stepper = h(
    "div",
    { class: "problem-step", hidden: true },
    h("button", { type: "button", class: "quiet back", "aria-label": t("problems.previous"), onclick: step(-1) }, icon("chevron")),
    where,
    h("button", { type: "button", class: "quiet", "aria-label": t("problems.next"), onclick: step(1) }, icon("chevron")),
  );
  let items: Violation[] = [];
  let next: string | null = null;
  let total = 0;
  let at = -1;

  const load = async () => {
    if (items.length === 0) fill(list, h("li", { class: "muted" }, t("loading")));
    try {
      const page = await ask<Page<Violation>>(`/api/violations${query({ ...about, after: next, limit: PAGE_SIZE })}`);
      const first = items.length;
      items = [...items, ...page.items];
      next = page.next;
      total = page.total ?? items.length;
      show(first, page.items);
    } catch (error) {
      fill(list);
      tellError(error);
    }
  };
  const show = (first: number, fresh: Violation[]) => {
    if (first === 0) fill(list);
    list.querySelector(".more")?.remove();
    list.append(...fresh.map((violation, index) => problemRow(violation, () => void move(first + index))));
    if (next) list.append(h("li", { class: "more" }, h("button", { type: "button", class: "link", onclick: load }, t("more"))));
    if (total === 0) fill(list, h("li", { class: "empty-line" }, icon("check"), t("problems.none")));
    stepper.hidden = total === 0;
    tellWhere();
    counted(total);
  };
  const tellWhere = () => {
    where.textContent = at < 0 ? t("problems.count", { n: whole(total) }) : `${at + 1} / ${whole(total)}`;
  };
  const move = async (to: number) => {
    if (total === 0) return;
    const wanted = (to + total) % total;
    if (wanted >= items.length && next) await load();
    at = Math.min(wanted, items.length - 1);
    tellWhere();
    [...list.children].forEach((row, index) => row.setAttribute("aria-current", String(index === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    const violation = items[at];
    if (violation) go(violation);
  };
  return { element: h("div", { class: "problems" }, stepper, list), load };
}

// A sentence about a unit begins with its name, unless it says it itself.
function subject({ unit, sentence }: Violation): HTMLElement | null {
  if (!unit?.name || sentence.includes(unit.name)) return null;
  return h("strong", { class: "problem-subject" }, unit.name);
}

/** Give one problem as a row to click; the severity is told in a sign and a word, not by colour alone. */
export function problemRow(violation: Violation, go: () => void): HTMLElement {
  const words = t(violation.severity === "error" ? "severity.error" : "severity.warning");
  return h(
    "li",
    { class: `problem ${violation.severity}` },
    h(
      "button",
      { type: "button", onclick: go },
      h("span", { class: "problem-mark", title: words }, violation.severity === "error" ? "▲" : "△"),
      h("span", {}, h("span", { class: "reader" }, `${words}：`), subject(violation), violation.sentence),
    ),
  );
}
