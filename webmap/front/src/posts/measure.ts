// How a distance was measured, in words: along roads, or in a straight line and why.
import { p, sayPeople } from "../i18n/people";
import { h } from "../ui/dom";
import { length } from "../ui/format";
import type { Along, Measure, Proposal } from "./wire";

const ALONG: readonly Along[] = ["roads", "straight"];

/** Say how far it is, and along what. */
export function farWords(distance_m: number, measure: Measure | undefined): string {
  const m = length(distance_m);
  if (measure === undefined) return m;
  return measure === "road" ? p("posts.far_road", { m }) : p("posts.far_straight", { m });
}

/** Give the distance with a hint why it is a straight line, where roads are loaded and it is one all the same. */
export function farMark(distance_m: number, measure: Measure | undefined): HTMLElement {
  const why = measure === undefined || measure === "road" || measure === "straight" ? "" : sayPeople("why_straight", measure);
  const shown = measure === "far" || measure === "apart" ? h("span", { class: "muted small" }, ` ${why}`) : null;
  return h("span", { class: "proposal-far", title: why || null }, farWords(distance_m, measure), shown);
}

/** Give the choice between roads and straight lines; where no road is loaded, what to do about it. */
export function alongChoice({ roads, along }: Proposal, choose: (along: Along) => void): HTMLElement {
  if (!roads) return h("p", { class: "small muted" }, p("posts.no_roads"));
  const one = (wanted: Along) => h("button", { type: "button", "aria-pressed": String(wanted === along), onclick: () => choose(wanted) }, p(`posts.along_${wanted}`));
  return h("div", { class: "segments modes", role: "group", "aria-label": p("posts.along") }, ...ALONG.map(one));
}
