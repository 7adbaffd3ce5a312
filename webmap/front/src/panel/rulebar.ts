// A count against its rule as a small scale: the allowed band, a mark at the count, and the verdict in words.
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { whole } from "../ui/format";

export type Verdict = "ok" | "near" | "broken";

/** Judge a count: outside the rule, on one of its bounds, or well within. */
export function verdict(value: number, { low, high }: { low: number; high: number }): Verdict {
  if (value < low || value > high) return "broken";
  return value === low || value === high ? "near" : "ok";
}

/** Give the scale; it spans from 0 to half as much again as the upper bound, and a count beyond sticks to the end. */
export function ruleBar(value: number, rule: { low: number; high: number }, counted: string): HTMLElement {
  const most = Math.max(rule.high * 1.5, 1);
  const share = (n: number) => `${Math.min(100, Math.max(0, (n / most) * 100)).toFixed(1)}%`;
  const judged = verdict(value, rule);
  const band = h("i", { class: "rule-band" });
  band.style.left = share(rule.low);
  band.style.width = `calc(${share(rule.high)} - ${share(rule.low)})`;
  const mark = h("i", { class: "rule-mark" });
  mark.style.left = share(value);
  return h(
    "div",
    { class: `rule ${judged}` },
    h("p", { class: "rule-words" }, h("strong", {}, judged === "broken" ? `▲${whole(value)}` : whole(value)), ` ${counted}`, h("span", { class: "rule-verdict" }, t(`verdict.${judged}`))),
    h("div", { class: "rule-scale", "aria-hidden": "true" }, band, mark),
    h("p", { class: "muted small" }, t("card.rule", { low: rule.low, high: rule.high, counted })),
  );
}
