// Fresh drafts of a village by the machine: one a wish (near, even, steady), side by side with their scores.
import { ask, query } from "../../api";
import { d, sayDraw } from "../../i18n/drawpanel";
import { say, t } from "../../i18n/index";
import { type Begun, followJob } from "../../jobs";
import { faultWords } from "../../plans/list";
import { fill, h } from "../../ui/dom";
import { length, whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { telling } from "../../ui/toast";
import type { PlanCard } from "../../wire";
import type { Session } from "./stage";
import { type Comparison, planPath } from "./wire";

const VARIANTS = ["near", "even", "steady"] as const;
type Variant = (typeof VARIANTS)[number];

/** Give the panel: which wishes, the button, the progress, then a card a draft. */
export function draftPanel(session: Session, unitId: string): HTMLElement {
  const boxes = VARIANTS.map((variant) => wishBox(variant));
  const place = h("div", { class: "job-place" });
  const cards = h("div", { class: "draft-cards", "aria-live": "polite" });
  const button = h("button", { type: "button", class: "button" }, icon("pen"), d("drafts.button"));
  const wanted = () => VARIANTS.filter((_, index) => boxes[index]?.querySelector("input")?.checked);
  boxes.forEach((box) => box.addEventListener("change", () => (button.disabled = wanted().length === 0)));
  button.addEventListener("click", async () => {
    const variants = wanted();
    button.disabled = true;
    fill(cards);
    const body = { unit_id: unitId, seed: 0, variants };
    const begun = await telling(() => ask<Begun>("/api/drafts", { method: "POST", body }));
    const job = begun ? await followJob(place, begun) : null;
    button.disabled = false;
    if (!job) return;
    fill(place);
    await showDrafts(cards, session, planIds(job.result), variants);
  });
  return h("div", { class: "stack" }, h("fieldset", { class: "wishes" }, h("legend", { class: "reader" }, d("drafts.wishes")), ...boxes), button, place, cards);
}

function planIds(result: Record<string, unknown> | null): string[] {
  const plans = result?.["plans"];
  return Array.isArray(plans) ? plans.map(String) : [];
}

function wishBox(variant: Variant): HTMLElement {
  return h(
    "label",
    { class: "choice" },
    h("input", { type: "checkbox", name: "variant", value: variant, checked: true }),
    h("span", {}, h("strong", {}, say("variant", variant)), " ", h("span", { class: "muted small" }, sayDraw("variant_long", variant))),
  );
}

async function showDrafts(cards: HTMLElement, session: Session, ids: string[], variants: Variant[]): Promise<void> {
  fill(cards, h("p", { class: "muted" }, t("loading")));
  const plans = await telling(() => Promise.all(ids.map((id) => ask<PlanCard>(planPath(id)))));
  if (!plans) return fill(cards);
  fill(cards, ...plans.map((plan, index) => draftCard(session, plan, variants[index])));
  const [first, ...others] = plans;
  if (first) await tellDifferences(cards, first, others, variants);
}

function draftCard(session: Session, plan: PlanCard, variant: Variant | undefined): HTMLElement {
  const open = h("button", { type: "button", class: "button", onclick: () => void session.reload(plan.id) }, d("drafts.open"));
  const { score, counts } = plan;
  const figure = (term: string, told: string) => h("div", {}, h("dt", {}, term), h("dd", {}, told));
  return h(
    "article",
    { class: "draft-card", "data-plan": plan.id },
    h("h4", {}, titleOf(plan, variant)),
    h(
      "dl",
      { class: "score" },
      figure(d("score.lin"), whole(counts.lin)),
      isKnown(score?.mean_m) ? figure(d("score.mean"), length(score.mean_m)) : null,
      isKnown(score?.spread) ? figure(d("score.spread"), d("score.spread_is", { n: score.spread.toFixed(1) })) : null,
      isKnown(score?.homes_moved) ? figure(d("score.moved"), t("n_homes", { n: whole(score.homes_moved) })) : null,
    ),
    h("p", { class: "small" }, faults(plan)),
    h("p", { class: "small muted difference" }),
    open,
  );
}

function titleOf({ variant, name }: PlanCard, asked: Variant | undefined): string {
  const wish = variant || asked;
  return wish ? say("variant", wish) : name;
}

function isKnown<T>(told: T | null | undefined): told is T {
  return told !== null && told !== undefined;
}

function faults({ violations }: PlanCard): string {
  if (!Array.isArray(violations)) return faultWords(violations);
  const error = violations.filter(({ severity }) => severity === "error").length;
  return faultWords({ error, warning: violations.length - error });
}

// Each draft against the first: the sentence comes from the server, which counts.
async function tellDifferences(cards: HTMLElement, first: PlanCard, others: PlanCard[], variants: Variant[]): Promise<void> {
  const name = titleOf(first, variants[0]);
  for (const other of others) {
    const told = await telling(() => ask<Comparison>(`/api/comparisons${query({ a: first.id, b: other.id, limit: 1 })}`));
    const line = cards.querySelector(`[data-plan="${CSS.escape(other.id)}"] .difference`);
    if (told && line) line.textContent = d("drafts.against", { name, sentence: told.sentence });
  }
}
