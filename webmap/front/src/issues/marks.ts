// How an issue's state, grade and time left look: a shape and words, never a colour alone.
import { sayW, w } from "../i18n/issues";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { issueLeft, type TimeLeft } from "./timeleft";
import type { Short, State } from "./wire";

const SVG = "http://www.w3.org/2000/svg";
const RING = "M8 2.2a5.8 5.8 0 1 0 0 11.6 5.8 5.8 0 0 0 0-11.6z";
const TICK = "M5.2 8.2l2 2 3.6-4.2";

// Hollow is open, half is in hand, filled is solved; what is over has a tick, an arrow or a stroke in it.
const SHAPES: Record<State, { fill?: string; line?: string; cut?: string }> = {
  waiting: {},
  in_hand: { fill: "M8 2.2a5.8 5.8 0 0 0 0 11.6z" },
  solved: { fill: RING },
  answered: { fill: RING, cut: "M5 8h6" },
  closed: { fill: RING, cut: TICK },
  merged: { line: "M5 8h6M8.5 5.5L11 8l-2.5 2.5" },
  withdrawn: { line: "M4.5 11.5l7-7" },
};

/** Give the shape of a state, with a ring around it where it is overdue. */
export function stateShape(state: State, late = false): SVGSVGElement {
  const { fill, line, cut } = SHAPES[state];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", late ? "-3 -3 22 22" : "0 0 16 16");
  svg.setAttribute("class", `state-shape ${state}${late ? " late" : ""}`);
  svg.setAttribute("aria-hidden", "true");
  const draw = (d: string, look: string) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("class", look);
    svg.append(path);
  };
  draw(RING, "ring");
  if (fill) draw(fill, "fill");
  if (line) draw(line, "line");
  if (cut) draw(cut, "cut");
  if (late) draw("M8-1.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z", "alarm");
  return svg;
}

/** Give a state as its shape and its name. */
export function stateMark(state: State, late = false): HTMLElement {
  return h("span", { class: "state-mark" }, stateShape(state, late), h("span", {}, sayW("state", state)));
}

/** Give how much time is left as words that stand out the more they press. */
export function leftMark(issue: Short, now: Date): HTMLElement | null {
  const left = issueLeft(issue, now);
  return left && leftWords(left);
}

export function leftWords({ words, press }: TimeLeft): HTMLElement {
  return h("span", { class: `left ${press}` }, press === "late" ? icon("warn") : null, words);
}

/** Give the chips of an issue: its grade where it is not the usual one, voices, how often it was passed on, restricted. */
export function issueChips({ grade, voices, bounces, restricted }: Pick<Short, "grade" | "voices" | "bounces" | "restricted">): HTMLElement[] {
  const chip = (words: string, look = "") => h("span", { class: `chip ${look}` }, words);
  return [
    ...(grade === "ordinary" ? [] : [chip(sayW("grade", grade))]),
    ...(voices > 1 ? [chip(w("chip.voices", { n: voices }))] : []),
    ...(bounces > 0 ? [chip(w("chip.bounces", { n: bounces }), bounces > 1 ? "warn" : "")] : []),
    ...(restricted ? [chip(w("chip.restricted"), "warn")] : []),
  ];
}

/** Give the beginning of a text, at most so many signs long: what is left out is told by dots. */
export function excerpt(text: string, most: number): string {
  const signs = [...text.replace(/\s+/gu, " ").trim()];
  return signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : signs.join("");
}

/** Mark in a list, on a board or in trays the issue that is open at the side. */
export function markCurrent(place: HTMLElement, id: string): void {
  place.querySelectorAll<HTMLElement>("[data-id]").forEach((row) => {
    if (row.dataset["id"] === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

/** Say where an issue lies, from the village down, or as the place was told. */
export function placeWords({ chain, place_text }: Pick<Short, "chain" | "place_text">): string {
  const below = chain.filter(({ level }) => !["county", "town"].includes(level)).map(({ name }) => name);
  return [below.join(" › "), place_text].filter(Boolean).join(" · ");
}

/** Say who holds an issue where its place stands beside: of the unit at the place the chief's name is enough. */
export function holderBeside(issue: Pick<Short, "holder" | "chain" | "unit">): string {
  return issue.holder.id === issue.unit?.id ? (issue.holder.officer ?? "") : holderWords(issue);
}

/** Say who holds an issue; a 邻 by its 组 as well, for many are called the same. */
export function holderWords({ holder, chain }: Pick<Short, "holder" | "chain">): string {
  const at = chain.findIndex(({ id }) => id === holder.id);
  const above = holder.level === "lin" && at > 0 ? (chain[at - 1]?.name ?? "") : "";
  return [above + holder.name, holder.officer].filter(Boolean).join(" ") || w("holder.none");
}
