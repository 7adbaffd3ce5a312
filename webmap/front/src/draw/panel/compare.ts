// Two states of a village against each other: a sentence, counts, the homes that change unit, and both on the map.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { sentence } from "../../api";
import { tellError, telling } from "../../ui/toast";
import { openSwipe, type Swipe } from "../swipe";
import { fullName, shortAddress } from "./names";
import { type Ref, refContent, type RefGroup, refGroups } from "./refs";
import { openPlan, ringPlaces, type Session } from "./stage";
import type { Comparison, HomeMoved, UnitShort } from "./wire";

const PAGE_SIZE = 50;

/** The panel; it compares once it is in sight. */
export class Compare {
  readonly element: HTMLElement;
  private readonly a = h("select", { id: "compare-a" });
  private readonly b = h("select", { id: "compare-b" });
  private readonly result = h("div", { class: "stack", "aria-live": "polite" });
  private wanted: [Ref, Ref] = ["net", ""];
  private asked = 0;
  private seen = false;
  private shownFor = "";
  private swipe: Swipe | null = null;

  constructor(private readonly session: Session) {
    const words = d("compare.swap");
    const swap = h("button", { type: "button", class: "quiet swap", "aria-label": words, title: words }, icon("swap"));
    swap.addEventListener("click", () => this.choose(this.wanted[1], this.wanted[0]));
    for (const select of [this.a, this.b]) select.addEventListener("change", () => this.choose(this.a.value, this.b.value));
    const field = (label: string, select: HTMLSelectElement) => h("label", { class: "field" }, h("span", {}, label), select);
    this.element = h(
      "div",
      { class: "compare stack" },
      h("div", { class: "compare-pick" }, field(d("compare.a"), this.a), swap, field(d("compare.b"), this.b)),
      this.result,
    );
  }

  /** The tab is in sight or no longer. */
  inSight(seen: boolean): void {
    this.seen = seen;
    if (!seen) this.swipe?.close();
    this.show();
  }

  /** The plan has changed: what is compared may be another thing now. */
  show(): void {
    const plan = openPlan(this.session);
    const { revision } = this.session;
    if (!this.seen || !plan) return;
    const now = `${plan.id}:${revision}`;
    if (now === this.shownFor) return;
    if (!this.wanted.some((ref) => ref.startsWith(plan.id))) this.wanted = ["net", plan.id];
    this.shownFor = now;
    void telling(() => this.offer());
  }

  /** Compare two things. */
  choose(a: Ref, b: Ref): void {
    this.wanted = [a, b];
    this.mark();
    void this.compare();
  }

  private async offer(): Promise<void> {
    const groups = await refGroups(this.session);
    for (const select of [this.a, this.b]) fill(select, ...groups.map(optionGroup));
    this.mark();
    await this.compare();
  }

  private mark(): void {
    const [a, b] = this.wanted;
    for (const [select, ref] of [[this.a, a], [this.b, b]] as const) {
      // An old revision can be asked for that is further back than those offered.
      if (ref && ![...select.options].some(({ value }) => value === ref)) select.append(h("option", { value: ref }, refWords(ref)));
      select.value = ref;
    }
  }

  private async compare(): Promise<void> {
    const [a, b] = this.wanted;
    this.swipe?.close();
    this.asked += 1;
    const mine = this.asked;
    if (a === b) return fill(this.result, h("p", { class: "note" }, d("compare.same")));
    fill(this.result, h("p", { class: "muted" }, t("working")));
    try {
      const told = await this.page(null);
      if (mine === this.asked) fill(this.result, ...this.view(told));
    } catch (error) {
      if (mine === this.asked) fill(this.result, h("p", { class: "form-error", role: "alert" }, sentence(error)));
    }
  }

  private page(after: string | null): Promise<Comparison> {
    const [a, b] = this.wanted;
    return ask(`/api/comparisons${query({ a, b, after, limit: PAGE_SIZE })}`);
  }

  private view(told: Comparison): HTMLElement[] {
    const figure = (n: number, words: string) => h("div", { class: "figure" }, h("dd", {}, whole(n)), h("dt", {}, words));
    const look = h("button", { type: "button", class: "button", disabled: this.session.map === null }, icon("swap"), d("compare.on_map"));
    look.addEventListener("click", () => void this.onMap(look, told));
    return [
      h("p", { class: "compare-sentence" }, told.sentence),
      h("dl", { class: "figures four" }, figure(told.homes_moved, d("compare.homes_moved")), figure(told.units_new, d("compare.new")), figure(told.units_changed, d("compare.changed")), figure(told.units_gone, d("compare.gone"))),
      look,
      this.table(told),
    ];
  }

  private table(first: Comparison): HTMLElement {
    const body = h("tbody");
    const foot = h("p", { class: "muted small table-foot", role: "status" });
    const heads = [d("compare.home"), d("compare.from"), d("compare.to")].map((words) => h("th", { scope: "col" }, words));
    const add = (told: Comparison) => {
      body.append(...told.items.map((one) => this.row(one)));
      const more = told.next ? h("button", { type: "button", class: "link", onclick: () => void turnPage(told.next) }, t("more")) : null;
      const total = told.total ?? told.homes_moved;
      fill(foot, total === 0 ? d("compare.none_moved") : t("table.shown", { n: whole(body.children.length), total: whole(total) }), " ", more);
    };
    const turnPage = (after: string | null) => this.page(after).then(add, tellError);
    const table = h("table", { class: "table moved" }, h("caption", { class: "reader" }, d("compare.caption")), h("thead", {}, h("tr", {}, ...heads)), body);
    add(first);
    return h("div", {}, first.items.length > 0 ? h("div", { class: "table-wrap" }, table) : null, foot);
  }

  private row({ home, from, to }: HomeMoved): HTMLElement {
    const go = () => {
      if (this.swipe) this.swipe.flyTo([home.lon, home.lat]);
      else this.session.flyTo([home.lon, home.lat]);
      if (this.session.map) ringPlaces(this.session.map, [home]);
    };
    const unit = (one: UnitShort | null) => h("td", {}, one ? fullName(this.session, one) : d("compare.no_unit"));
    return h("tr", {}, h("th", { scope: "row" }, h("button", { type: "button", class: "link", title: `${home.address} ${home.code}`, onclick: go }, shortAddress(this.session, home.address) || home.code)), unit(from), unit(to));
  }

  private async onMap(button: HTMLElement, told: Comparison): Promise<void> {
    if (this.swipe) return this.swipe.close();
    const under = this.session.map;
    if (!under) return;
    const [a, b] = this.wanted;
    button.setAttribute("aria-busy", "true");
    const both = await telling(() => Promise.all([refContent(this.session, a), refContent(this.session, b), this.allMoved(told)]));
    button.removeAttribute("aria-busy");
    if (!both || this.swipe) return;
    const [left, right, moved] = both;
    ringPlaces(under, []);
    this.session.select([]);
    this.swipe = openSwipe({
      under,
      left: { title: told.a.title || titleOf(this.a), content: left },
      right: { title: told.b.title || titleOf(this.b), content: right },
      moved: moved.map(({ home }) => home),
      offers: [],
      closed: () => {
        this.swipe = null;
        button.setAttribute("aria-pressed", "false");
        button.focus();
      },
    });
    button.setAttribute("aria-pressed", "true");
  }

  // The table comes a page at a time; the rings want all, within what a picture can still show.
  private async allMoved(first: Comparison): Promise<HomeMoved[]> {
    const all = [...first.items];
    let next = first.next;
    while (next && all.length < 2000) {
      const [a, b] = this.wanted;
      const page = await ask<Comparison>(`/api/comparisons${query({ a, b, after: next, limit: 200 })}`);
      all.push(...page.items);
      next = page.next;
    }
    return all;
  }
}

function optionGroup({ label, options }: RefGroup): HTMLElement {
  return h("optgroup", { label }, ...options.map(({ ref, words }) => h("option", { value: ref }, words)));
}

function titleOf({ selectedOptions }: HTMLSelectElement): string {
  return selectedOptions[0]?.text ?? "";
}

function refWords(ref: Ref): string {
  const [, revision] = ref.split(":");
  return revision ? d("history.number", { n: revision }) : ref;
}
