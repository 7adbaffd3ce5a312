// Choosing the issue into which another is merged: one of those that look alike near by, or one by its number.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { length } from "../ui/format";
import { tellError } from "../ui/toast";
import { type Control, group } from "./controls";
import { excerpt, placeWords, stateMark } from "./marks";
import { similarTo } from "./similar";
import type { Found, Full, Short, Similar, State, StepField } from "./wire";

const WAIT_MS = 250;

/** Give the choice. */
export function intoControl(field: StepField, issue: Full): Control {
  let chosen = "";
  const near = h("div", { class: "into-list", role: "radiogroup", "aria-label": w("field.into_near") });
  const other = h("div", { class: "into-list", role: "radiogroup", "aria-label": w("field.into_number") });
  const take = (one: Candidate) => (chosen = one.id);
  const show = (place: HTMLElement, found: readonly Candidate[], none: string) => {
    const others = found.filter(({ id }) => id !== issue.id);
    fill(place, ...(others.length > 0 ? others.map((one) => choice(one, take)) : [none ? h("p", { class: "muted small" }, none) : null]));
  };
  similarTo(issue).then((found) => show(near, found.filter(({ number }) => number).map(fromSimilar), w("card.no_similar")), tellError);
  const number = h("input", { type: "search", placeholder: w("field.into_number"), "aria-label": w("field.into_number"), maxlength: 40, autocomplete: "off" });
  let timer = 0;
  const seek = async () => {
    const q = number.value.trim();
    if (!q) return fill(other);
    const { items } = await ask<Found>(`/api/issues${query({ q, limit: 5 })}`);
    show(other, items.map(fromShort), w("field.into_none"));
  };
  number.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void seek().catch(tellError), WAIT_MS);
  });
  return group(field, [near, number, other], () => chosen || undefined);
}

interface Candidate {
  id: string;
  number: string;
  state: State;
  text: string;
  where: string;
}

function fromShort(one: Short): Candidate {
  return { id: one.id, number: one.number, state: one.state, text: one.text, where: placeWords(one) };
}

function fromSimilar({ id, number = "", state, text = "", distance_m }: Similar): Candidate {
  return { id, number, state, text, where: w("similar.far", { m: length(distance_m) }) };
}

function choice(one: Candidate, take: (one: Candidate) => void): HTMLElement {
  const input = h("input", { type: "radio", name: "into" });
  input.addEventListener("change", () => take(one));
  return h(
    "label",
    { class: "into-choice" },
    input,
    h("span", {}, h("span", { class: "row tight" }, stateMark(one.state), h("span", { class: "code" }, one.number)), h("span", {}, excerpt(one.text, 60)), h("span", { class: "muted small" }, one.where)),
  );
}
