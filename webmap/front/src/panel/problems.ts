// The list of what departs from the rules, with next and previous that fly to the place.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Page, Violation } from "../wire";

const PAGE_SIZE = 50;

export interface About {
  unit?: string;
  plan?: string;
}

/** The list for a unit, a plan or (with neither) the whole scope; `go` is called with what is stepped to. */
export class Problems {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "problem-list" });
  private readonly where = h("output", { class: "problem-at" });
  private readonly stepper: HTMLElement;
  private items: Violation[] = [];
  private next: string | null = null;
  private total = 0;
  private at = -1;

  constructor(
    private readonly about: About,
    private readonly go: (violation: Violation) => void,
    private readonly counted: (total: number) => void = () => undefined,
  ) {
    const step = (words: string, by: number, look: string) =>
      h("button", { type: "button", class: look, "aria-label": words, onclick: () => void this.move(this.at + by) }, icon("chevron"));
    const back = step(t("problems.previous"), -1, "quiet back");
    this.stepper = h("div", { class: "problem-step", hidden: true }, back, this.where, step(t("problems.next"), 1, "quiet"));
    this.element = h("div", { class: "problems" }, this.stepper, this.list);
  }

  /** Ask for the next page, at first for the first. */
  async load(): Promise<void> {
    if (this.items.length === 0) fill(this.list, h("li", { class: "muted" }, t("loading")));
    try {
      const path = `/api/violations${query({ ...this.about, after: this.next, limit: PAGE_SIZE })}`;
      const page = await ask<Page<Violation>>(path);
      const first = this.items.length;
      this.items = [...this.items, ...page.items];
      this.next = page.next;
      this.total = page.total ?? this.items.length;
      this.show(first, page.items);
    } catch (error) {
      fill(this.list);
      tellError(error);
    }
  }

  private show(first: number, fresh: Violation[]): void {
    if (first === 0) fill(this.list);
    this.list.querySelector(".more")?.remove();
    this.list.append(...fresh.map((violation, index) => problemRow(violation, () => void this.move(first + index))));
    if (this.next) {
      const more = h("button", { type: "button", class: "link", onclick: () => void this.load() }, t("more"));
      this.list.append(h("li", { class: "more" }, more));
    }
    if (this.total === 0) fill(this.list, h("li", { class: "empty-line" }, icon("check"), t("problems.none")));
    this.stepper.hidden = this.total === 0;
    this.tellWhere();
    this.counted(this.total);
  }

  private tellWhere(): void {
    const total = whole(this.total);
    this.where.textContent = this.at < 0 ? t("problems.count", { n: total }) : `${this.at + 1} / ${total}`;
  }

  private async move(to: number): Promise<void> {
    if (this.total === 0) return;
    const wanted = (to + this.total) % this.total;
    if (wanted >= this.items.length && this.next) await this.load();
    this.at = Math.min(wanted, this.items.length - 1);
    this.tellWhere();
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-current", String(index === this.at)));
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    const violation = this.items[this.at];
    if (violation) this.go(violation);
  }
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
