// The row of figures above the map: each with its change, and its formula one click away; and the table of them all.
import { b } from "../i18n/board";
import { fill, h } from "../ui/dom";
import { day, share, whole } from "../ui/format";
import type { Counted, Defined, Figures, Told } from "./wire";

/** Say a figure's value: a share in per cent, a mean with one or two digits. */
export function valueWords({ value }: Counted, { unit }: Defined): string {
  if (value === null) return b("figures.none");
  if (unit === "share") return share(value);
  return value < 10 ? value.toFixed(2) : whole(value);
}

function changeWords(change: number | null): string {
  if (change === null) return b("figures.no_change");
  return `${change > 0 ? "▲" : change < 0 ? "▼" : "＝"}${share(Math.abs(change), 0)}`;
}

// Better or worse is said by a word's colour and by the arrow, whose sense the figure's own direction gives.
function changeLine(key: "figures.before" | "figures.year", change: number | null, better: number): HTMLElement {
  const good = change === null || change === 0 || better === 0 ? "" : change > 0 === better > 0 ? " good" : " bad";
  return h("span", { class: `figure-change${good}` }, b(key, { change: changeWords(change) }));
}

/** Draw the row into `place`; `all` opens the table of all figures. */
export function figureRow(place: HTMLElement, told: Figures, all: () => void): void {
  const defined = told.defined ?? {};
  const open = h("div", { class: "figure" }, h("span", { class: "figure-title" }, b("figures.open")), h("strong", {}, whole(told.open)), h("span", { class: `figure-change${told.late > 0 ? " bad" : ""}` }, b("figures.late", { n: whole(told.late) })));
  const boxes = told.row.map((name) => {
    const [one, what] = [told.figures[name], defined[name]];
    return one && what ? figureBox(one, what, all) : null;
  });
  fill(place, open, ...boxes);
}

function figureBox(one: Told, what: Defined, all: () => void): HTMLElement {
  const words = `${what.formula}（${whole(one.top)} / ${whole(one.bottom)}）`;
  return h(
    "button",
    { type: "button", class: "figure", title: words, "aria-label": `${b("figures.formula", { title: what.title })}：${words}`, onclick: all },
    h("span", { class: "figure-title" }, what.title),
    h("strong", {}, valueWords(one, what)),
    h("span", { class: "figure-changes" }, changeLine("figures.before", one.before.change, what.better), changeLine("figures.year", one.year_before.change, what.better)),
  );
}

/** Give the table of all figures: what each is, how it is reckoned, its two numbers, and the two it is compared with. */
export function figureTable(told: Figures): HTMLElement {
  const { begin, end } = told.spells.now;
  const rows = Object.entries(told.defined ?? {}).map(([name, what]) => {
    const one = told.figures[name];
    if (!one) return null;
    return h(
      "section",
      { class: "figure-row", "data-figure": name },
      h("h3", {}, what.title, h("strong", {}, valueWords(one, what))),
      h("p", { class: "small" }, what.formula),
      h("p", { class: "small muted" }, `${what.top} ${whole(one.top)} · ${what.bottom} ${whole(one.bottom)}`),
      h("p", { class: "small figure-changes" }, changeLine("figures.before", one.before.change, what.better), changeLine("figures.year", one.year_before.change, what.better)),
    );
  });
  return h("div", { class: "figure-table" }, h("h2", {}, b("figures.title")), h("p", { class: "muted small" }, b("figures.period", { begin: day(begin), end: day(end) })), ...rows);
}
