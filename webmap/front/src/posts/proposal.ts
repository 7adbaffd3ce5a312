// The proposals table: post, person, how far, inside or outside, the runner-up and what choosing them would cost.
import { p, title } from "../i18n/people";
import { fill, h } from "../ui/dom";
import { lineLength_m } from "../map/geodesy";
import { length, whole } from "../ui/format";
import { sentence } from "../api";
import { tell } from "../ui/toast";
import type { ProposalLine } from "./lines";
import { farMark, farWords } from "./measure";
import type { NameOf } from "./names";
import { askOverride, type Override } from "./naming";
import { nearOffer } from "./personpick";
import { take } from "./taking";
import type { Choice, Person, Proposal, ProposalRow } from "./wire";

const SHOWN_FIRST = 200;
const MOST_OFFERS = 8;

export interface ProposalWish {
  /** The village, town or county that people are looked for in. */
  ground: string;
  levelWord: string;
  mark: (unitId: string) => void;
  changed: () => void;
  nameOf: NameOf;
}

interface Line {
  row: ProposalRow;
  person: Person;
  tick: HTMLInputElement;
  override: Override | null;
}

/** Give the lines that the map draws for a proposal. */
export function linesOf({ rows }: Proposal): ProposalLine[] {
  return rows.flatMap(({ unit, person, inside }) =>
    unit.place && person ? [{ id: unit.id, name: person.name, from: unit.place, to: person.place, inside: inside ?? false }] : [],
  );
}

/** Give the table of a proposal, with the one button that appoints what was ticked. */
export function proposalTable(proposal: Proposal, wish: ProposalWish): HTMLElement {
  const lines = proposal.rows.flatMap((row): Line[] => (row.person ? [{ row, person: row.person, tick: tickBox(wish.nameOf(row.unit), row.person), override: null }] : []));
  const all = h("input", { type: "checkbox" });
  const submit = h("button", { type: "button", class: "button primary wide take", disabled: true }, p("posts.take_none"));
  const chosen = () => lines.filter(({ tick }) => tick.checked);
  const count = () => {
    const n = chosen().length;
    submit.disabled = n === 0;
    submit.textContent = n === 0 ? p("posts.take_none") : p("posts.take", { n: whole(n) });
    all.checked = n > 0 && n === lines.length;
    all.indeterminate = n > 0 && n < lines.length;
  };
  all.addEventListener("change", () => {
    lines.forEach(({ tick }) => (tick.checked = all.checked));
    count();
  });
  const list = h("ol", { class: "proposal", "aria-label": p("posts.caption") });
  list.addEventListener("change", count);
  const show = (line: Line) => h("li", rowEvents(line, wish), ...lineParts(line, proposal, wish, redraw));
  const redraw = () => {
    fill(list, ...lines.slice(0, SHOWN_FIRST).map(show), lines.length > SHOWN_FIRST ? moreButton(lines.length, () => fill(list, ...lines.map(show))) : null);
    count();
  };
  submit.addEventListener("click", async () => {
    submit.disabled = true;
    try {
      await take(chosen().map(choiceOf), wish.changed);
    } catch (error) {
      tell(sentence(error), "error");
      count();
    }
  });
  redraw();
  return h(
    "div",
    { class: "stack" },
    h("label", { class: "check choose-all" }, all, h("span", {}, p("posts.choose_all")), sums(proposal)),
    list,
    h("div", { class: "take-bar" }, submit),
  );
}

function tickBox(unit: string, { name }: Person): HTMLInputElement {
  return h("input", { type: "checkbox", "aria-label": p("posts.choose", { unit, name }) });
}

function sums({ total_m, longest_m }: Proposal): HTMLElement | null {
  if (total_m === null || longest_m === null) return null;
  return h("span", { class: "muted small" }, p("posts.sum", { total: length(total_m), longest: length(longest_m) }));
}

function rowEvents({ row }: Line, { mark }: ProposalWish): Record<string, string | (() => void)> {
  return { class: "proposal-row", onmouseenter: () => mark(row.unit.id), onmouseleave: () => mark(""), onfocusin: () => mark(row.unit.id) };
}

function lineParts(line: Line, proposal: Proposal, wish: ProposalWish, redraw: () => void): HTMLElement[] {
  const { row, person, tick, override } = line;
  const other = h("button", { type: "button", class: "link nowrap" }, p("posts.other"));
  other.addEventListener("click", async () => {
    const found = await askOverride(postOf(row, proposal, wish), { name: person.name, far: farWords(row.distance_m ?? 0, row.measure) });
    if (!found) return;
    line.override = found;
    tick.checked = true;
    redraw();
  });
  const back = h("button", { type: "button", class: "link" }, p("posts.back_to", { name: person.name }));
  back.addEventListener("click", () => {
    line.override = null;
    redraw();
  });
  const told = override
    ? [h("strong", { class: "proposal-person" }, override.person.name), h("span", { class: "chip warn" }, p("posts.overridden"))]
    : [h("strong", { class: "proposal-person" }, person.name), farMark(row.distance_m ?? 0, row.measure), sideChip(row, wish)];
  return [
    h("label", { class: "proposal-main" }, tick, h("span", { class: "proposal-unit" }, wish.nameOf(row.unit)), h("span", { class: "proposal-who" }, ...told)),
    override
      ? h("p", { class: "small" }, `${p("reason")}：${override.reason} `, back)
      : h("p", { class: "small muted proposal-runner" }, h("span", {}, runnerWords(row, title(proposal.level, "chief"))), other),
  ];
}

function sideChip({ inside }: ProposalRow, { levelWord }: ProposalWish): HTMLElement {
  return h("span", { class: `chip ${inside ? "good" : "warn"}` }, inside ? p("posts.inside", { level: levelWord }) : p("posts.outside"));
}

/** Say who would be next and what choosing them would cost in all, which is more than their own distance. */
export function runnerWords({ runner_up, runner_up_cost_m, runner_up_outside, runner_up_empty }: ProposalRow, post: string): string {
  if (!runner_up) return p("posts.no_runner", { title: post });
  const costs = [
    runner_up_empty ? p("posts.runner_empty", { n: whole(runner_up_empty) }) : "",
    runner_up_outside ? p("posts.runner_outside", { n: whole(runner_up_outside) }) : "",
    metresWords(runner_up_cost_m ?? 0),
  ];
  return p("posts.runner", { name: runner_up.name, cost: costs.filter(Boolean).join("，") });
}

function metresWords(cost_m: number): string {
  if (Math.abs(cost_m) < 0.5) return p("posts.runner_same");
  return cost_m > 0 ? p("posts.runner_more", { m: length(cost_m) }) : p("posts.runner_less", { m: length(-cost_m) });
}

function postOf(row: ProposalRow, { level, rows }: Proposal, { ground, nameOf }: ProposalWish): Parameters<typeof askOverride>[0] {
  // The runner-up first, then those whom the map proposes elsewhere: the people of the pool who live around.
  const near = [row.runner_up, ...rows.map((one) => one.person)].filter((one): one is Person => Boolean(one) && one?.id !== row.person?.id);
  const far = (one: Person) => (row.unit.place ? lineLength_m([row.unit.place, one.place]) : undefined);
  const [runner, ...others] = [...new Map(near.map((one) => [one.id, one])).values()];
  const byDistance = others.sort((a, b) => (far(a) ?? 0) - (far(b) ?? 0)).slice(0, MOST_OFFERS);
  // The offers are measured on the spot, so in straight lines whatever the proposal was measured by.
  const words = (one: Person) => (far(one) === undefined ? "" : farWords(far(one) as number, "straight"));
  const offers = [...(runner ? [runner] : []), ...byDistance].map((one) => nearOffer(one, words(one)));
  return { unit: { id: row.unit.id, name: nameOf(row.unit) }, ground, post: "chief", title: title(level, "chief"), offers };
}

function choiceOf({ row, person, override }: Line): Choice {
  const proposed = { unit_id: row.unit.id, officer_id: person.id, how: "residence" as const };
  if (!override) return proposed;
  return { ...proposed, officer_id: override.person.id, how: "named", proposed: person.id, reason: override.reason };
}

function moreButton(n: number, act: () => void): HTMLElement {
  return h("li", {}, h("button", { type: "button", class: "link", onclick: act }, p("posts.show_all", { n: whole(n) })));
}
