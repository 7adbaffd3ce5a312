// What a cadre opens in the morning: what waits to be taken, what is overdue, who was called, what to look at, whom to answer.
import { ask, query } from "../api";
import { sayW, w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { MapInfo } from "../wire";
import { issueTile } from "./board";
import { unitMenu } from "./filters";
import { markCurrent } from "./marks";
import type { Query } from "./wanted";
import { type Console, type Tray, type TrayName, TRAYS } from "./wire";

const NOTHING: Tray = { total: 0, late: 0, items: [] };

/** What in the list is the same as a tray, where the list can say it. */
const IN_LIST: Partial<Record<TrayName, Query>> = {
  in_tray: { holder: "mine", state: "waiting" },
  overdue: { late: "1" },
  answers: { holder: "mine", state: "solved" },
  reviews: { state: "answered" },
};

export interface ConsoleWish {
  open: (id: string) => void;
  /** Show a tray as a list. */
  list: (query: Query) => void;
  info: MapInfo;
  /** Another desk was chosen: that of a unit, or ("") the reader's own. */
  unit: (unit: string) => void;
}

/** The console of a level. */
export class ConsoleView {
  readonly element = h("div", { class: "issue-console" });
  private asked = 0;
  private open = "";
  private unit = "";

  constructor(private readonly wish: ConsoleWish) {}

  /** Show the trays of a unit's desk, or ("") of the reader's own. */
  async show(unit: string): Promise<void> {
    this.asked += 1;
    this.unit = unit;
    const mine = this.asked;
    try {
      const told = await ask<Console>(`/api/issues/console${query({ unit: unit || null })}`);
      if (mine === this.asked) this.draw(told);
    } catch (error) {
      tellError(error);
    }
  }

  /** Mark the issue that is open at the side. */
  mark(id: string): void {
    this.open = id;
    markCurrent(this.element, id);
  }

  private draw({ unit, office, trays, on_time }: Console): void {
    const shown = TRAYS.filter((name) => trays[name]);
    const clear = shown.every((name) => trays[name]?.total === 0);
    const whose = unit ? [unit.name, sayW("desk_of", unit.level)] : [office?.name ?? "", ""];
    // An office has one tray, wherever the issues lie; a desk may look at those below it.
    const others = unit ? unitMenu(this.unit, this.wish.info, this.wish.unit, w("console.own")) : null;
    fill(
      this.element,
      h("div", { class: "console-head row" }, h("h2", {}, whose[0] ?? "", " ", h("span", { class: "muted" }, whose[1] ?? "")), others, onTime(on_time)),
      h("div", { class: "tray-figures" }, ...shown.map((name) => this.figure(name, trays[name] ?? NOTHING))),
      clear ? h("p", { class: "console-clear", role: "status" }, icon("check"), w("console.all_clear")) : null,
      h("div", { class: "trays" }, ...shown.filter((name) => (trays[name]?.total ?? 0) > 0).map((name) => this.tray(name, trays[name] ?? NOTHING))),
    );
  }

  // The figures of all trays at a glance; one leads to its tray, an empty one says so by itself.
  private figure(name: TrayName, { total }: Tray): HTMLElement {
    const go = () => this.element.querySelector<HTMLElement>(`[data-tray="${name}"] h2`)?.focus();
    const look = total === 0 ? "none" : name === "overdue" ? "bad" : "";
    return h(
      "button",
      { type: "button", class: `tray-figure ${look}`, "data-figure": name, disabled: total === 0, onclick: go },
      h("strong", {}, whole(total)),
      h("span", {}, sayW("tray", name)),
      h("span", { class: "muted small" }, total === 0 ? w("empty.tray") : sayW("trayhint", name)),
    );
  }

  private tray(name: TrayName, { total, items }: Tray): HTMLElement {
    const rows = items.map((one) => h("li", {}, issueTile(one, one.id === this.open, this.wish.open, true)));
    return h(
      "section",
      { class: "tray", "data-tray": name },
      h("header", { class: "tray-head" }, h("h2", { tabindex: -1 }, sayW("tray", name)), h("span", { class: `tray-count${name === "overdue" ? " bad" : ""}` }, whole(total))),
      h("ul", {}, ...rows),
      total > items.length ? this.allLink(name, total, items.length) : null,
    );
  }

  private allLink(name: TrayName, total: number, shown: number): HTMLElement {
    const same = IN_LIST[name];
    if (!same) return h("p", { class: "muted small tray-foot" }, w("tray.first", { n: whole(shown), total: whole(total) }));
    const unit = this.unit ? { unit: this.unit } : {};
    return h("p", { class: "tray-foot" }, h("button", { type: "button", class: "link", onclick: () => this.wish.list({ ...same, ...unit }) }, w("tray.all", { n: whole(total) })));
  }
}

// How many results of the last year came in time; nothing while there is none to speak of.
function onTime({ met, of }: Console["on_time"]): HTMLElement | null {
  if (of === 0) return null;
  const told = w("console.on_time", { share: Math.round((100 * met) / of), met: whole(met), of: whole(of) });
  return h("p", { class: "console-on-time", title: w("console.on_time_hint") }, told);
}
