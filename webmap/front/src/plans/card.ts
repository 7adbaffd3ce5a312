// A plan: its map, its figures, what breaks a rule, what would change hands; prove it, publish it.
import { ask } from "../api";
import { canDraw } from "../map/create";
import { t } from "../i18n/index";
import { type Begun, followJob } from "../jobs";
import { may } from "../pagedata";
import { Problems } from "../panel/problems";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { area, share, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tell, telling } from "../ui/toast";
import type { MapInfo, Place, PlanCard, PlanChanges, Publication } from "../wire";
import { stateChip } from "./list";
import { planMap } from "./planmap";

export interface PlanActs {
  changed: () => void;
}

/** Give a plan's card. */
export function planCard(plan: PlanCard, info: MapInfo, acts: PlanActs): HTMLElement {
  const picture = h("div", { class: "plan-map" });
  let fly: (place: Place) => void = () => undefined;
  if (canDraw()) requestAnimationFrame(() => (fly = planMap(picture, plan, info)));
  else fill(picture, h("p", { class: "muted" }, t("map.no_webgl")));
  const problems = new Problems({ plan: plan.id }, ({ place }) => place && fly(place));
  void problems.load();
  const changes = h("div", {}, h("p", { class: "muted" }, t("working")));
  void telling(() => ask<PlanChanges>(`/api/plans/${encodeURIComponent(plan.id)}/changes`)).then((told) =>
    fill(changes, told ? changesList(told) : null),
  );
  return h(
    "article",
    { class: "panel plan-card" },
    h("header", { class: "row" }, h("h2", {}, plan.name || plan.unit.name), stateChip(plan.state)),
    figures(plan),
    picture,
    h(
      "div",
      { class: "plan-below" },
      h("section", {}, h("h3", {}, t("plans.problems")), problems.element),
      h("section", { class: "stack" }, h("h3", {}, t("plans.changes")), changes, quality(plan), actions(plan, acts)),
    ),
  );
}

function figures({ counts, objective_m2 }: PlanCard): HTMLElement {
  const cell = (told: string, words: string) => h("div", { class: "figure" }, h("dd", {}, told), h("dt", {}, words));
  return h(
    "dl",
    { class: "figures" },
    cell(whole(counts.homes), t("plans.homes")),
    cell(whole(counts.pian), t("plans.pian")),
    cell(whole(counts.zu), t("plans.zu")),
    cell(whole(counts.lin), t("plans.lin")),
    cell(area(objective_m2).replace(/[（(].*$/, "").trim(), t("plans.objective")),
  );
}

function quality({ proof }: PlanCard): HTMLElement {
  if (!proof) return h("p", { class: "muted" }, t("plans.unproved"));
  const { optimal_share, mean_share, worst_share } = proof;
  return h("p", {}, t("plans.proof", { optimal: share(optimal_share), mean: share(mean_share, 2), worst: share(worst_share) }));
}

function changesList({ homes_changed, homes, units_new, units_gone }: PlanChanges): HTMLElement {
  return h(
    "ul",
    { class: "change-list" },
    h("li", {}, t("plans.homes_changed", { n: whole(homes_changed), homes: whole(homes) })),
    h("li", {}, t("plans.units_changed", { fresh: whole(units_new), gone: whole(units_gone) })),
  );
}

function actions(plan: PlanCard, acts: PlanActs): HTMLElement {
  const place = h("div", { class: "job-place" });
  const prove = h("button", { type: "button", class: "button" }, icon("ruler"), t("plans.prove"));
  prove.addEventListener("click", async () => {
    prove.disabled = true;
    const begun = await telling(() => ask<Begun>(`/api/plans/${encodeURIComponent(plan.id)}/prove`, { method: "POST" }));
    const job = begun ? await followJob(place, begun) : null;
    prove.disabled = false;
    if (job) acts.changed();
  });
  const publish = h("button", { type: "button", class: "button primary" }, icon("check"), t("plans.publish"));
  publish.addEventListener("click", () => void publishPlan(plan, acts));
  const open = plan.state === "draft";
  return h("div", { class: "stack" }, h("div", { class: "row" }, may("draft") ? prove : null, open && may("publish") ? publish : null), place);
}

async function publishPlan(plan: PlanCard, acts: PlanActs): Promise<void> {
  const path = `/api/plans/${encodeURIComponent(plan.id)}`;
  const told = await telling(() => ask<PlanChanges>(`${path}/changes`));
  if (!told) return;
  const reason = await question({
    title: t("plans.publish_title", { name: plan.unit.name }),
    text: t("plans.publish_text"),
    body: [changesList(told)],
    confirm: t("plans.publish"),
    reason: { label: t("plans.reason"), least: 2 },
  });
  if (reason === null) return;
  const done = await telling(() => ask<Publication>(`${path}/publish`, { method: "POST", body: { reason } }));
  if (!done) return;
  tell(t("plans.published"));
  acts.changed();
}
