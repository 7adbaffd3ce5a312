// The panels left and right of the map of the redrawing page, kept in step with the session: at the left how to begin,
// then the open plan's problems, history, comparison and review; at the right the card of what is chosen.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { fillSide, type Side } from "../../panel/side";
import { fill, h } from "../../ui/dom";
import { moment } from "../../ui/format";
import { telling } from "../../ui/toast";
import type { PlanCard, PlanContent, Violation } from "../../wire";
import { openSwipe, type Swipe } from "../swipe";
import { Compare } from "./compare";
import { showHead } from "./head";
import { History } from "./history";
import { showBeginnings, showChooseVillage } from "./open";
import { PlanProblems, problemUnit } from "./problems";
import { entryOf, entryView, publishPlan } from "./publish";
import { Review } from "./review";
import { openPlan, ringHomes, type Session } from "./stage";
import { UnitPanel } from "./unit";
import { planPath, type Revision } from "./wire";

export interface Panels {
  /** Show or fold the left side away, where it lies over the map. */
  open: (on: boolean) => void;
}

/** Fill both sides and keep them in step with the session. */
export function mountPanels(session: Session, left: HTMLElement, right: HTMLElement): Panels {
  const panels = new DrawPanels(session, left, right);
  session.on("plan", () => panels.planChanged());
  session.on("content", () => panels.contentChanged());
  session.on("selected", () => panels.selectedChanged());
  session.on("stack", () => panels.stackChanged());
  session.on("busy", () => panels.busyChanged());
  panels.planChanged();
  panels.contentChanged();
  panels.selectedChanged();
  return { open: (on) => left.classList.toggle("open", on) };
}

type TabName = "problems" | "history" | "compare" | "review";

class DrawPanels {
  private readonly head = h("div", { class: "plan-head" });
  private readonly entry = h("div", { class: "entry-place" });
  private readonly problems: PlanProblems;
  private readonly history: History;
  private readonly compare: Compare;
  private readonly review: Review;
  private readonly unit: UnitPanel;
  private side: Side | null = null;
  private tab: TabName = "problems";
  private mode = "";
  private looking: Swipe | null = null;
  private endChoice: () => void = () => undefined;

  constructor(
    private readonly session: Session,
    private readonly left: HTMLElement,
    right: HTMLElement,
  ) {
    this.unit = new UnitPanel(right, session);
    this.problems = new PlanProblems({ session, mend: (id) => this.unit.mend(id), counted: (n) => this.side?.mark("problems", n) });
    this.history = new History({ session, look: (revision) => void this.look(revision), compare: (revision) => this.compareWith(`${session.plan.id}:${revision.number}`) });
    this.compare = new Compare(session);
    this.review = new Review(session, (n) => this.side?.mark("review", n));
  }

  planChanged(): void {
    const plan = openPlan(this.session);
    const { unitId } = this.session;
    const mode = plan ? `plan:${plan.id}` : unitId ? `village:${unitId}` : "none";
    if (mode !== this.mode) this.enter(mode);
    if (!plan) return;
    showHead(this.head, { session: this.session, publish: () => void this.publish(), review: () => this.openTab("review"), compare: () => this.compareWith("net") });
    this.history.show();
    this.compare.show();
    this.review.show();
    if (plan.state !== "published" && plan.state !== "undone") fill(this.entry);
    else if (this.entry.childElementCount === 0) void this.showEntry(plan);
  }

  contentChanged(): void {
    this.problems.show();
    this.unit.refresh();
  }

  selectedChanged(): void {
    this.unit.show();
  }

  stackChanged(): void {
    const { stack, homes, units } = this.session;
    const unit = units.get(homes.get(stack[0] ?? "")?.unit_id ?? "");
    if (unit) this.unit.floors(unit, stack);
  }

  busyChanged(): void {
    this.left.setAttribute("aria-busy", String(this.session.busy));
    this.history.show();
  }

  // One of three: no village yet, a village without a plan, a plan.
  private enter(mode: string): void {
    this.mode = mode;
    this.endChoice();
    this.endChoice = () => undefined;
    this.looking?.close();
    ringHomes(this.session, []);
    fill(this.entry);
    if (!openPlan(this.session)) {
      this.review.leave();
      this.compare.inSight(false);
      this.side = null;
      if (this.session.unitId) showBeginnings(this.left, this.session, this.problems.element);
      else this.endChoice = showChooseVillage(this.left, this.session);
      return;
    }
    const tabs: { id: TabName; words: string; body: HTMLElement }[] = [
      { id: "problems", words: d("tab.problems"), body: this.problems.element },
      { id: "history", words: d("tab.history"), body: this.history.element },
      { id: "compare", words: d("tab.compare"), body: this.compare.element },
      { id: "review", words: d("tab.review"), body: this.review.element },
    ];
    this.side = fillSide(this.left, h("div", { class: "head-place" }, this.head, this.entry), tabs, (tab) => this.tabOpened(tab as TabName));
    this.problems.show();
  }

  private tabOpened(tab: TabName): void {
    this.tab = tab;
    this.history.inSight(tab === "history");
    this.compare.inSight(tab === "compare");
    this.review.inSight(tab === "review");
    if (tab !== "history") this.looking?.close();
  }

  private openTab(tab: TabName): void {
    if (this.tab !== tab) this.left.querySelector<HTMLElement>(`#tab-${tab}`)?.click();
    this.left.querySelector<HTMLElement>(`#panel-${tab} textarea, #panel-${tab} select`)?.focus();
  }

  private compareWith(ref: string): void {
    this.compare.choose(ref, this.session.plan.id);
    this.openTab("compare");
  }

  private async publish(): Promise<void> {
    const plan = openPlan(this.session);
    if (!plan) return;
    const entry = await publishPlan(this.session, plan, (violation) => this.goTo(violation));
    if (entry) await this.showEntry(plan);
  }

  private goTo(violation: Violation): void {
    this.openTab("problems");
    const unit = problemUnit(violation);
    if (unit) this.session.select([unit]);
    if (violation.place) this.session.flyTo(violation.place);
    else if (unit) this.session.flyToUnit(unit);
  }

  private async showEntry(plan: PlanCard): Promise<void> {
    const entry = await entryOf(plan);
    if (entry && this.session.plan.id === plan.id) fill(this.entry, entryView(this.session, entry, () => void this.showEntry(plan)));
  }

  private async look(revision: Revision): Promise<void> {
    this.looking?.close();
    const plan = openPlan(this.session);
    const { map } = this.session;
    if (!plan || !map) return;
    const path = planPath(plan.id, `/content${query({ revision: revision.number })}`);
    const content = await telling(() => ask<PlanContent>(path));
    if (!content) return;
    this.session.select([]);
    const offers = [{ words: d("history.compare"), act: () => this.compareWith(`${plan.id}:${revision.number}`) }];
    if (this.session.mayEdit) offers.push({ words: d("history.restore"), act: () => void this.restore(revision) });
    const title = `${d("history.number", { n: revision.number })} · ${moment(revision.at)} · ${revision.by}`;
    this.looking = openSwipe({ under: map, left: { title, content }, right: null, moved: [], offers, closed: () => (this.looking = null) });
  }

  private async restore({ number }: Revision): Promise<void> {
    this.looking?.close();
    await this.session.restore(number);
  }
}

