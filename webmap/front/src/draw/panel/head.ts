// The head over the panels of an open plan: whose it is, how far it has come, and the one thing to do next.
import { d, sayDraw } from "../../i18n/drawpanel";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { wallButton } from "../../panel/wall";
import { icon } from "../../ui/icons";
import { madeWords, stateChip } from "../../plans/list";
import type { PlanCard, PlanState } from "../../wire";
import { openPlan, type Session } from "./stage";

const STEPS: readonly PlanState[] = ["draft", "review", "approved", "published"];

export interface HeadWish {
  session: Session;
  publish: () => void;
  /** Open the tab in which the plan is sent or judged. */
  review: () => void;
  /** Compare the net in force with this plan. */
  compare: () => void;
}

/** Draw the head of the open plan into `place`. */
export function showHead(place: HTMLElement, wish: HeadWish): void {
  const { session } = wish;
  const plan = openPlan(session);
  const { counts, info } = session;
  if (!plan) return fill(place);
  const { levels } = info;
  const figures = [`${whole(counts.pian)} ${levels.pian}`, `${whole(counts.zu)} ${levels.zu}`, `${whole(counts.lin)} ${levels.lin}`, d("head.homes", { n: whole(counts.homes) })];
  const title = plan.name && plan.name !== plan.unit.name ? plan.name : "";
  fill(
    place,
    h("div", { class: "head-title" }, h("h2", {}, plan.unit.name), otherButton(session, plan)),
    title ? h("p", { class: "plan-name" }, title) : null,
    h("p", { class: "muted small" }, `${figures.join(" · ")}`),
    h("p", { class: "muted small" }, madeWords(plan)),
    stepper(plan.state),
    plan.stale ? staleNote(wish) : null,
    nextButton(wish, plan),
    h("div", { class: "row" }, wallButton({ id: plan.unit.id, name: plan.unit.name, planId: plan.id })),
  );
}

function otherButton(session: Session, plan: PlanCard): HTMLElement {
  const leave = () => void session.openVillage(plan.unit.id);
  return h("button", { type: "button", class: "link small", onclick: leave }, d("head.other"));
}

/** Give the way of a plan as steps, the present one marked; a plan that was put away has a chip instead. */
export function stepper(state: PlanState): HTMLElement {
  const now = STEPS.indexOf(state);
  if (now < 0) return h("p", {}, stateChip(state));
  return h(
    "ol",
    { class: "stepper", "aria-label": d("head.steps") },
    ...STEPS.map((step, index) =>
      h("li", { class: index < now ? "done" : index === now ? "now" : "", "aria-current": index === now ? "step" : null }, h("span", { class: "reader" }, index < now ? d("head.step_done") : ""), sayDraw("step", step)),
    ),
  );
}

function staleNote({ compare }: HeadWish): HTMLElement {
  return h("p", { class: "note small" }, d("head.stale"), " ", h("button", { type: "button", class: "link", onclick: compare }, d("head.see_difference")));
}

function nextButton({ session, publish, review }: HeadWish, { may, state }: PlanCard): HTMLElement | null {
  // As long as something must be mended first, publishing is not what comes next.
  const later = session.counts.error > 0 ? " later" : "";
  const button = (words: string, act: () => void, look: "check" | "send") => h("button", { type: "button", class: `button primary${later}`, onclick: act }, icon(look), words);
  const quiet = (words: string, act: () => void) => h("button", { type: "button", class: "button", onclick: act }, words);
  if (state === "review" && (may?.approve || may?.return)) return h("div", { class: "row" }, button(d("head.judge"), review, "check"), may.publish ? quiet(d("head.publish"), publish) : null);
  if (may?.publish) return h("div", { class: "row" }, button(d("head.publish"), publish, "check"), may.send ? quiet(d("head.send"), review) : null);
  if (may?.send) return h("div", { class: "row" }, button(d("head.send"), review, "send"));
  return null;
}
