// The list of plans, newest first: what each holds, how good it is, and whether it is in force.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { moment, whole } from "../ui/format";
import { tellError } from "../ui/toast";
import type { Page, Plan } from "../wire";

export interface PlanList {
  element: HTMLElement;
  reload: () => Promise<void>;
  /** Mark which plan is open. */
  mark: (id: string) => void;
}

/** Give the list; `open` is called with the plan that is clicked. */
export function planList(open: (id: string) => void): PlanList {
  const list = h("ul", { class: "plan-list" });
  const foot = h("p", { class: "muted small", role: "status" });
  let next: string | null = null;
  let marked = "";

  const load = async (fresh: boolean) => {
    try {
      const page = await ask<Page<Plan>>(`/api/plans${query({ after: fresh ? null : next, limit: 20 })}`);
      if (fresh) fill(list);
      list.append(...page.items.map((plan) => row(plan, () => open(plan.id))));
      next = page.next;
      mark(marked);
      fill(foot, list.children.length === 0 ? t("plans.none") : null, next ? h("button", { type: "button", class: "link", onclick: () => void load(false) }, t("more")) : null);
    } catch (error) {
      tellError(error);
    }
  };
  const mark = (id: string) => {
    marked = id;
    list.querySelectorAll<HTMLElement>("button[data-id]").forEach((button) =>
      button.setAttribute("aria-current", String(button.dataset["id"] === id)),
    );
  };
  void load(true);
  return { element: h("div", {}, list, foot), reload: () => load(true), mark };
}

/** Give a plan's state as a chip. */
export function stateChip(state: Plan["state"]): HTMLElement {
  const look = { draft: "warn", review: "warn", approved: "good", published: "good", replaced: "", undone: "", dropped: "", superseded: "" }[state];
  return h("span", { class: `chip ${look}` }, say("plan_state", state));
}

/** Say when and by whom a plan was made, and which wish a draft followed: drafts of one village are alike in all else. */
export function madeWords({ at, by, variant }: Pick<Plan, "at" | "by" | "variant">): string {
  return [moment(at), by, variant ? t("plans.wish", { wish: say("variant", variant) }) : ""].filter(Boolean).join(" · ");
}

/** Say what is wrong with a plan, in counts. */
export function faultWords({ error, warning }: { error: number; warning: number }): string {
  if (error + warning === 0) return t("plans.faultless");
  return [error > 0 ? `▲${t("plans.errors", { n: whole(error) })}` : "", warning > 0 ? `△${t("plans.warnings", { n: whole(warning) })}` : ""].filter(Boolean).join(" · ");
}

function row(plan: Plan, open: () => void): HTMLElement {
  const { counts, violations } = plan;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", "data-id": plan.id, onclick: open },
      h("span", { class: "row" }, h("strong", {}, plan.name || plan.unit.name), stateChip(plan.state)),
      h("span", { class: "muted small" }, t("plans.counts", { pian: whole(counts.pian), zu: whole(counts.zu), lin: whole(counts.lin), homes: whole(counts.homes) })),
      h("span", { class: `small ${violations.error > 0 ? "bad-words" : "muted"}` }, faultWords(violations)),
      h("span", { class: "muted small" }, madeWords(plan)),
    ),
  );
}
