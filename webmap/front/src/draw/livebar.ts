// The counts that change while a border is dragged: a line at the map's edge, and the same words on plates in the units.
import { t } from "../i18n/drawstage";
import { verdict } from "../panel/rulebar";
import { fill, h } from "../ui/dom";
import type { CountState, MapInfo } from "../wire";
import type { LiveCount } from "./tool";

// More than a hand can look at while it draws.
const MOST_ROWS = 6;

export class LiveBar {
  readonly element = h("div", { class: "live-bar", role: "status", "aria-live": "off", hidden: true });
  private readonly rule: { low: number; high: number };

  constructor({ rule }: MapInfo) {
    this.rule = { low: rule.lin_homes_min, high: rule.lin_homes_max };
  }

  show(rows: LiveCount[]): void {
    this.element.hidden = rows.length === 0;
    fill(this.element, ...rows.slice(0, MOST_ROWS).map((row) => this.chip(row)));
    if (rows.length > MOST_ROWS) this.element.append(h("span", { class: "muted small" }, t("draw.more_units", { n: rows.length - MOST_ROWS })));
  }

  /** Whether the count to come keeps the rule of a 邻; a unit above is not counted by homes. */
  state({ after, judged }: LiveCount): CountState {
    return judged === false ? "ok" : verdict(after, this.rule);
  }

  /** The words of a plate on the map. */
  plate(row: LiveCount): string {
    const sign = this.state(row) === "broken" ? "▲" : "";
    return row.before === row.after ? `${sign}${row.after}` : `${row.before} → ${sign}${row.after}`;
  }

  private chip(row: LiveCount): HTMLElement {
    const name = row.name || t("draw.new_unit");
    return h("span", { class: `live-count ${this.state(row)}`, "data-unit": row.id }, h("span", {}, name), h("strong", {}, this.plate(row)));
  }
}
