// The plans of a village made before, a page at a time: those still open are gone on with, the others copied.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { may } from "../../pagedata";
import { faultWords, madeWords, stateChip } from "../../plans/list";
import { fill, h } from "../../ui/dom";
import { tellError } from "../../ui/toast";
import type { Page, Plan, PlanState } from "../../wire";
import { begin } from "./open";
import type { Session } from "./stage";

const PAGE_SIZE = 10;
const OPEN_STATES: ReadonlySet<PlanState> = new Set(["draft", "review", "approved"]);

/** Give the list; it asks for its first page at once. */
export function earlierPlans(session: Session, unitId: string): HTMLElement {
  const list = h("ul", { class: "plan-list" });
  const foot = h("p", { class: "muted small", role: "status" }, t("loading"));
  let next: string | null = null;
  const load = async () => {
    try {
      const page: Page<Plan> = await ask(`/api/plans${query({ unit: unitId, after: next, limit: PAGE_SIZE })}`);
      list.append(...page.items.map((plan) => row(session, plan)));
      next = page.next;
      const more = next ? h("button", { type: "button", class: "link", onclick: () => void load() }, t("more")) : null;
      fill(foot, list.children.length === 0 ? d("earlier.none") : null, more);
    } catch (error) {
      fill(foot);
      tellError(error);
    }
  };
  void load();
  return h("div", {}, list, foot);
}

function row(session: Session, plan: Plan): HTMLElement {
  const { id, name, state, at, violations, note } = plan;
  const look = () => void session.reload(id);
  const copy = () => void begin(session, { unit_id: plan.unit.id, from: "plan", plan_id: id });
  const words = OPEN_STATES.has(state) ? d("earlier.go_on") : d("earlier.look");
  return h(
    "li",
    { class: "earlier" },
    h("p", { class: "row" }, h("strong", {}, name || plan.unit.name), stateChip(state)),
    h("p", { class: "muted small" }, h("time", { datetime: at }, madeWords(plan))),
    h("p", { class: `small ${violations.error > 0 ? "bad-words" : "muted"}` }, faultWords(violations)),
    note ? h("p", { class: "small" }, note) : null,
    h(
      "p",
      { class: "row" },
      h("button", { type: "button", class: "button small", onclick: look }, words),
      may("draft") ? h("button", { type: "button", class: "link small", onclick: copy }, d("earlier.copy")) : null,
    ),
  );
}
