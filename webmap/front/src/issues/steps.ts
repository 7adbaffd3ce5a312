// The steps that the reader may take now: the one that leads on as a filled button, two more beside it, others in a menu.
import { sayW, w } from "../i18n/issues";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { Full, Short, Step } from "./wire";

/** What leads on from each state, the first that may be taken. */
const LEADS_ON: Record<Short["state"], string[]> = {
  waiting: ["signed_in", "accepted", "dispatched", "valid"],
  in_hand: ["signed_in", "solved", "progress"],
  solved: ["answered", "checked"],
  answered: ["rated", "closed"],
  closed: [],
  merged: [],
  withdrawn: [],
};

/** What stands beside it. */
const BESIDE: Record<Short["state"], string[]> = {
  waiting: ["refused", "dispatched", "whistled", "escalated"],
  in_hand: ["progress", "mediated", "whistled", "checked", "escalated"],
  solved: ["checked", "noted"],
  answered: ["closed", "checked", "noted"],
  closed: ["reopened", "noted"],
  merged: ["noted"],
  withdrawn: ["noted"],
};

/** The order of what is left, what ends an issue at its end. */
const LAST = ["not_valid", "merged", "withdrawn"];
const SHOWN_BESIDE = 2;

export interface Sorted {
  primary: Step | null;
  beside: Step[];
  others: Step[];
}

/** Sort the steps by what an issue in its state most likely needs. */
export function sortSteps({ state, grade, steps }: Pick<Full, "state" | "grade" | "steps">): Sorted {
  // A complex issue owes progress before it owes a result.
  const wanted = state === "in_hand" && grade === "complex" ? ["signed_in", "progress", "solved"] : LEADS_ON[state];
  const find = (kind: string) => steps.find((step) => step.kind === kind);
  const primary = wanted.map(find).find((step) => step !== undefined) ?? null;
  const near = [...BESIDE[state], ...wanted].map(find).filter((step): step is Step => step !== undefined && step !== primary);
  const beside = [...new Set(near)].slice(0, SHOWN_BESIDE);
  const left = steps.filter((step) => step !== primary && !beside.includes(step));
  return { primary, beside, others: [...left.filter(({ kind }) => !LAST.includes(kind)), ...left.filter(({ kind }) => LAST.includes(kind))] };
}

/** Give the bar of buttons; nothing but a sentence where the reader may do nothing. */
export function stepBar(issue: Full, take: (step: Step) => void): HTMLElement {
  const { primary, beside, others } = sortSteps(issue);
  if (!primary && beside.length + others.length === 0) return h("p", { class: "step-bar muted" }, w("card.no_steps"));
  const button = (step: Step, look: string) => h("button", { type: "button", class: `button ${look}`, "data-step": step.kind, onclick: () => take(step) }, sayW("step", step.kind));
  return h(
    "div",
    { class: "step-bar", role: "group", "aria-label": w("card.steps") },
    primary ? button(primary, "primary") : null,
    ...beside.map((step) => button(step, "")),
    others.length > 0 ? menu(others, take) : null,
  );
}

function menu(steps: Step[], take: (step: Step) => void): HTMLElement {
  const rows = steps.map((step) => {
    const row = h("button", { type: "button", class: LAST.includes(step.kind) ? "ends" : "", "data-step": step.kind }, sayW("step", step.kind));
    row.addEventListener("click", () => {
      fold.open = false;
      take(step);
    });
    return row;
  });
  const fold = h("details", { class: "menu step-menu" }, h("summary", { class: "button" }, w("card.more_steps"), icon("chevron")), h("div", { class: "menu-sheet" }, ...rows));
  return fold;
}
