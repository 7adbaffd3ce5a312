// The index of the last months, and the month's hard cases with what was found of each.
import { ask } from "../api";
import { b, sayB } from "../i18n/board";
import { may } from "../pagedata";
import { fill, h } from "../ui/dom";
import { day } from "../ui/format";
import { telling } from "../ui/toast";

interface Kept {
  period: string;
  value: { index: number | null };
}

interface Index {
  formula: string;
  last: string;
  items: Kept[];
}

interface Case {
  id: string;
  issue_id: string;
  number: string;
  text: string;
  why: Record<string, number>;
  finding: string;
  by: string;
  found_at: string | null;
}

interface Cases {
  month: string;
  drawn: boolean;
  items: Case[];
}

type Whose = { id: string } | null;

/** Give both parts; who may not decide reads them only. */
export async function reviewPart(unit: Whose): Promise<HTMLElement> {
  const place = h("div", { class: "board-review" });
  if (!unit) return place;
  const draw = async () => {
    const [index, cases] = await Promise.all([ask<Index>(`/api/board/index?unit=${unit.id}`), ask<Cases>(`/api/board/reviews?unit=${unit.id}`)]);
    fill(place, indexPart(index, unit, draw), casesPart(cases, unit, draw));
  };
  await draw();
  return place;
}

function indexPart({ formula, last, items }: Index, unit: { id: string }, drawn: () => Promise<void>): HTMLElement {
  const rows = items.map(({ period, value }) => h("li", {}, h("span", {}, period), h("strong", {}, value.index === null ? "—" : value.index.toFixed(1))));
  const keep = () => telling(async () => {
    await ask("/api/board/index", { method: "POST", body: { unit: unit.id, period: last } });
    await drawn();
  });
  const missing = items.every(({ period }) => period !== last);
  return h(
    "section",
    { class: "board-index" },
    h("h2", {}, b("index.title")),
    h("p", { class: "small muted" }, `${b("index.formula")}：${formula}`),
    rows.length > 0 ? h("ul", { class: "index-rows" }, ...rows) : h("p", { class: "small" }, b("index.none")),
    missing && may("desk") ? h("button", { type: "button", class: "button", onclick: () => void keep() }, b("index.keep")) : null,
  );
}

function casesPart({ month, drawn, items }: Cases, unit: { id: string }, again: () => Promise<void>): HTMLElement {
  const choose = () => telling(async () => {
    await ask("/api/board/reviews", { method: "POST", body: { unit: unit.id, month } });
    await again();
  });
  const empty = drawn ? h("p", { class: "small" }, b("review.nothing")) : h("p", { class: "small" }, b("review.none"));
  return h(
    "section",
    { class: "board-cases" },
    h("h2", {}, b("review.title"), h("span", { class: "muted small" }, ` ${month}`)),
    h("p", { class: "small muted" }, b("review.lead")),
    items.length > 0 ? h("ol", { class: "case-rows" }, ...items.map((one) => caseRow(one, again))) : empty,
    !drawn && may("desk") ? h("button", { type: "button", class: "button", onclick: () => void choose() }, b("review.draw")) : null,
  );
}

function caseRow(one: Case, again: () => Promise<void>): HTMLElement {
  const why = Object.entries(one.why).map(([name, n]) => sayB("why", name).replace("{n}", String(n)));
  const head = h("a", { href: `/issues?view=list&id=${encodeURIComponent(one.issue_id)}` }, one.number);
  const found = one.finding ? h("p", { class: "case-finding" }, one.finding, h("span", { class: "muted small" }, ` ${b("review.by", { by: one.by, day: day(one.found_at) })}`)) : may("desk") ? findingForm(one.id, again) : null;
  return h("li", {}, h("p", {}, head, h("span", { class: "small" }, ` ${one.text}`)), h("p", { class: "small muted" }, why.join(" · ")), found);
}

function findingForm(id: string, again: () => Promise<void>): HTMLElement {
  const text = h("textarea", { rows: 2, maxlength: 1000, "aria-label": b("review.finding"), placeholder: b("review.finding") });
  const save = () => telling(async () => {
    await ask(`/api/board/reviews/${encodeURIComponent(id)}`, { method: "PUT", body: { finding: text.value } });
    await again();
  });
  return h("div", { class: "case-form" }, text, h("button", { type: "button", class: "button", onclick: () => void save() }, b("review.save")));
}
