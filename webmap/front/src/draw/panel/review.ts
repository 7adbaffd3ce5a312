// Review: a plan is sent with a note; comments are written, if wanted at a place on the map, flown to and settled; who may
// publish returns the plan or approves it.
import { ask } from "../../api";
import { d, sayDraw } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { fill, h } from "../../ui/dom";
import { moment } from "../../ui/format";
import { icon } from "../../ui/icons";
import { tell, tellError, telling } from "../../ui/toast";
import type { Place, PlanCard, PlanStep } from "../../wire";
import { putPins } from "./pins";
import { openPlan, pickPlace, type Session } from "./stage";
import { newId, planPath, type Remark } from "./wire";

/** The panel of a plan's review. */
export class Review {
  readonly element: HTMLElement;
  private readonly steps = h("div", { class: "stack" });
  private readonly list = h("ol", { class: "remarks" });
  private readonly write = h("div");
  private remarks: Remark[] = [];
  private takePins: () => void = () => undefined;
  private seen = false;
  private shownFor = "";

  constructor(
    private readonly session: Session,
    private readonly counted: (open: number) => void,
  ) {
    this.element = h("div", { class: "review stack" }, this.steps, h("section", { class: "stack" }, h("h3", {}, d("review.comments")), this.write, this.list));
  }

  /** The tab is in sight or no longer: pins stand on the map only while it is. */
  inSight(seen: boolean): void {
    this.seen = seen;
    this.pins();
  }

  /** The plan has changed. */
  show(): void {
    const plan = openPlan(this.session);
    if (!plan) return;
    const now = `${plan.id}:${plan.state}:${JSON.stringify(plan.may)}`;
    if (now === this.shownFor) return;
    this.shownFor = now;
    fill(this.steps, ...this.stepForms(plan));
    fill(this.write, this.commentForm());
    void this.load();
  }

  /** Take the pins off the map. */
  leave(): void {
    this.takePins();
    this.shownFor = "";
  }

  private async load(): Promise<void> {
    const plan = openPlan(this.session);
    if (!plan) return;
    try {
      this.remarks = (await ask<{ items: Remark[] }>(planPath(plan.id, "/comments"))).items;
    } catch (error) {
      return tellError(error);
    }
    this.counted(this.remarks.filter(({ kind, settled }) => kind === "comment" && !settled).length);
    const rows = this.numbered().map(({ remark, n }) => this.row(remark, n));
    fill(this.list, ...(rows.length > 0 ? rows : [h("li", { class: "muted" }, d("review.none"))]));
    this.pins();
  }

  // Comments are numbered as they were written, so that a number said on the telephone stays true.
  private numbered(): { remark: Remark; n: number }[] {
    let n = 0;
    const oldestFirst = [...this.remarks].sort((one, other) => one.at.localeCompare(other.at));
    const numbered = oldestFirst.map((remark) => ({ remark, n: remark.kind === "comment" ? (n += 1) : 0 }));
    return numbered.reverse();
  }

  private pins(): void {
    this.takePins();
    this.takePins = () => undefined;
    const { map } = this.session;
    if (!map || !this.seen) return;
    const shown = this.numbered().filter(({ remark }) => remark.kind === "comment");
    this.takePins = putPins(map, shown, ({ id }) => {
      const row = this.list.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
      row?.scrollIntoView({ block: "nearest" });
      row?.querySelector("button")?.focus();
    });
  }

  private stepForms(plan: PlanCard): HTMLElement[] {
    const may = (step: PlanStep) => plan.may?.[step] === true;
    const forms: HTMLElement[] = [];
    if (may("send")) forms.push(this.stepForm(d("review.send_title"), d("review.send_text"), [{ step: "send", primary: true }], false));
    if (may("return") || may("approve")) {
      const ways = [...(may("approve") ? [{ step: "approve" as const, primary: true }] : []), ...(may("return") ? [{ step: "return" as const, primary: false }] : [])];
      forms.push(this.stepForm(d("review.judge_title"), d("review.judge_text"), ways, true));
    }
    if (may("recall")) forms.push(this.stepForm(null, d("review.recall_text"), [{ step: "recall", primary: false }], false));
    if (forms.length === 0) forms.push(h("p", { class: "muted" }, stateWords(plan)));
    return forms;
  }

  private stepForm(title: string | null, words: string, ways: { step: "send" | "recall" | "return" | "approve"; primary: boolean }[], judge: boolean): HTMLElement {
    const wantsNote = ways.some(({ step }) => step !== "recall");
    const note = h("textarea", { rows: 2, maxlength: 500 });
    const go = async (step: (typeof ways)[number]["step"], button: HTMLButtonElement) => {
      if (step === "return" && note.value.trim() === "") {
        note.focus();
        return tell(d("review.return_needs"), "error");
      }
      button.disabled = true;
      const card = await telling(() => ask<PlanCard>(planPath(this.session.plan.id, `/${step}`), { method: "POST", body: { note: note.value.trim() } }));
      button.disabled = false;
      if (!card) return;
      this.session.takeCard(card);
      tell(sayDraw("review.done", step));
    };
    const buttons = ways.map(({ step, primary }) => {
      const button = h("button", { type: "button", class: primary ? "button primary" : "button" }, step === "send" ? icon("send") : null, sayDraw("review.button", step));
      button.addEventListener("click", () => void go(step, button));
      return button;
    });
    const label = judge ? d("review.note_judge") : d("review.note");
    return h("section", { class: "step-form" }, title ? h("h3", {}, title) : null, h("p", { class: "muted small" }, words), wantsNote ? h("label", { class: "field" }, h("span", {}, label), note) : null, h("div", { class: "row" }, ...buttons));
  }

  private commentForm(): HTMLElement {
    let place: Place | null = null;
    const text = h("textarea", { rows: 2, maxlength: 500, required: true, placeholder: d("review.write_hint") });
    const told = h("span", { class: "muted small", role: "status" });
    const pick = h("button", { type: "button", class: "button", disabled: this.session.map === null }, icon("pin"), d("review.pick"));
    pick.addEventListener("click", async () => {
      place = await pickPlace(this.session, d("review.pick_how"));
      told.textContent = place ? d("review.picked") : "";
      text.focus();
    });
    const form = h("form", { class: "comment-form" }, h("label", { class: "field" }, h("span", {}, d("review.write")), text), h("div", { class: "row" }, pick, told, h("button", { type: "submit", class: "button" }, d("review.add"))));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const plan = openPlan(this.session);
      const { selected } = this.session;
      if (!plan || text.value.trim() === "") return text.focus();
      const body = { id: newId(), text: text.value.trim(), place, unit_id: selected[0] ?? null };
      const done = await telling(() => ask(planPath(plan.id, "/comments"), { method: "POST", body }));
      if (done === undefined) return;
      text.value = "";
      place = null;
      told.textContent = "";
      await this.load();
    });
    return form;
  }

  private row(remark: Remark, n: number): HTMLElement {
    const { id, kind, text, place, by, at, settled, unit_id: unit } = remark;
    const go = () => {
      if (unit && this.session.units.has(unit)) this.session.select([unit]);
      if (place) this.session.flyTo(place);
      else if (unit) this.session.flyToUnit(unit);
    };
    const head = kind === "comment" ? h("span", { class: `pin small${settled ? " settled" : ""}`, "aria-hidden": "true" }, settled ? "✓" : n) : h("span", { class: "chip" }, sayDraw("review.kind", kind));
    const settle = h("button", { type: "button", class: "link small", onclick: () => void this.settle(id, !settled) }, settled ? d("review.reopen") : d("review.settle"));
    const goes = place || (unit && this.session.units.has(unit));
    return h(
      "li",
      { "data-id": id, class: settled ? "settled" : null },
      head,
      h(
        "div",
        {},
        text ? (goes ? h("button", { type: "button", class: "remark-text", onclick: go }, text) : h("p", {}, text)) : null,
        h("p", { class: "muted small" }, `${by} · `, h("time", { datetime: at }, moment(at)), kind === "comment" ? " · " : null, kind === "comment" ? settle : null),
      ),
    );
  }

  private async settle(id: string, settled: boolean): Promise<void> {
    const path = planPath(this.session.plan.id, `/comments/${encodeURIComponent(id)}/settle`);
    await telling(() => ask(path, { method: "POST", body: { settled } }));
    await this.load();
  }
}

function stateWords({ state }: PlanCard): string {
  return sayDraw("review.state", state) || t("working");
}
