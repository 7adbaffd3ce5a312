// What departs from the rules in the plan as it stands: errors before warnings, walked through by button or key.
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { problemRow } from "../../panel/problems";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import type { Violation } from "../../wire";
import { fullName } from "./names";
import type { Session } from "./stage";

// The list is drawn again after each edit: more rows than a person reads would cost more than they tell.
const MOST_ROWS = 200;
const MENDABLE = new Set(["too_many_homes", "too_few_homes"]);

/** Whether the map can propose how to mend a problem. */
export function mendable({ rule }: Violation): boolean {
  return MENDABLE.has(rule);
}

/** The unit a problem is about, or "" for one that is about a home or a place. */
export function problemUnit(violation: Violation & { unit_id?: string | null }): string {
  return violation.unit_id || violation.unit?.id || "";
}

export interface ProblemsWish {
  session: Session;
  mend: (unitId: string) => void;
  counted: (n: number) => void;
}

/** The list with its walker. */
export class PlanProblems {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "problem-list" });
  private readonly where = h("output", { class: "problem-at" });
  private readonly stepper: HTMLElement;
  private readonly kinds = h("p", { class: "muted small problem-kinds" });
  private items: Violation[] = [];
  private at = -1;

  constructor(private readonly wish: ProblemsWish) {
    const step = (words: string, by: number, look: string) =>
      h("button", { type: "button", class: look, "aria-label": words, title: words, onclick: () => this.move(by) }, icon("chevron"));
    this.stepper = h(
      "div",
      { class: "problem-step", hidden: true },
      step(d("problems.previous"), -1, "quiet back"),
      this.where,
      step(d("problems.next"), 1, "quiet"),
    );
    this.element = h("div", { class: "problems" }, this.stepper, this.kinds, this.list);
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draw what the session knows now; where the walker stood on a problem that is still there, it stays on it. */
  show(): void {
    const stood = this.items[this.at];
    this.items = ordered(this.wish.session.problems);
    this.at = stood ? this.items.findIndex((one) => same(one, stood)) : -1;
    const rows = this.items.slice(0, MOST_ROWS).map((violation, index) => this.row(violation, index));
    fill(this.list, ...(rows.length > 0 ? rows : [h("li", { class: "empty-line" }, icon("check"), d("problems.none"))]));
    const errors = this.items.filter(({ severity }) => severity === "error").length;
    this.kinds.textContent = this.items.length > 0 ? d("problems.kinds", { errors: whole(errors), warnings: whole(this.items.length - errors) }) : "";
    this.stepper.hidden = this.items.length === 0;
    this.tellWhere();
    this.wish.counted(this.items.length);
  }

  /** Step by so many, round the end. */
  move(by: number): void {
    const total = this.items.length;
    if (total === 0) return;
    this.go(this.at < 0 ? (by > 0 ? 0 : total - 1) : (this.at + by + total) % total);
  }

  /** Go to the first problem of a unit. */
  goToError(): void {
    if (this.items.length > 0) this.go(0);
  }

  private go(to: number): void {
    const violation = this.items[to];
    if (!violation) return;
    this.at = to;
    this.tellWhere();
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-current", String(index === to)));
    this.list.children[to]?.scrollIntoView({ block: "nearest" });
    const { session } = this.wish;
    const unit = problemUnit(violation);
    if (unit && session.units.has(unit)) session.select([unit]);
    if (violation.place) session.flyTo(violation.place);
    else if (unit) session.flyToUnit(unit);
  }

  private row(violation: Violation, index: number): HTMLElement {
    const unit = problemUnit(violation);
    const row = problemRow(named(this.wish.session, violation), () => this.go(index));
    if (mendable(violation) && unit && this.wish.session.mayEdit) {
      const mend = () => {
        this.go(index);
        this.wish.mend(unit);
      };
      const name = fullName(this.wish.session, violation.unit ?? undefined);
      row.append(h("button", { type: "button", class: "button small mend", "aria-label": d("problems.mend_of", { name }), onclick: mend }, d("problems.mend")));
    }
    row.setAttribute("aria-current", String(index === this.at));
    return row;
  }

  private tellWhere(): void {
    const total = whole(this.items.length);
    this.where.textContent = this.at < 0 ? t("problems.count", { n: total }) : `${this.at + 1} / ${total}`;
  }

  // N and shift N walk, as long as nobody is writing.
  private key(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
    const aim = event.target as HTMLElement | null;
    if (aim?.closest("input, textarea, select, dialog, [contenteditable]")) return;
    event.preventDefault();
    this.move(event.shiftKey ? -1 : 1);
  }
}

/** Give a problem that calls its unit by the name that tells it from all others. */
export function named(session: Session, violation: Violation): Violation {
  const { unit } = violation;
  return unit ? { ...violation, unit: { ...unit, name: fullName(session, unit) } } : violation;
}

function ordered(problems: readonly Violation[]): Violation[] {
  const rank = ({ severity }: Violation) => (severity === "error" ? 0 : 1);
  return [...problems].sort((one, other) => rank(one) - rank(other));
}

function same(one: Violation, other: Violation): boolean {
  return one.rule === other.rule && problemUnit(one) === problemUnit(other);
}
