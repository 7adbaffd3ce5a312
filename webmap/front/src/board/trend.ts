// A year of months as bars (raised, solved) with the line of what was open: drawn by hand, for a library weighs a hundred times more.
import { b } from "../i18n/board";
import { h } from "../ui/dom";
import type { Month } from "./wire";

const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH, FOOT, TOP] = [336, 132, 18, 14];

function draw(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

/** Give the picture with its key and its sentence for who cannot see it. */
export function trendPicture(months: readonly Month[]): HTMLElement {
  const most = Math.max(1, ...months.map(({ raised, solved, open }) => Math.max(raised, solved, open)));
  const last = months[months.length - 1];
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "trend", role: "img", "aria-label": last ? b("trend.alt", { raised: last.raised, solved: last.solved, open: last.open }) : "" });
  const step = WIDE / Math.max(months.length, 1);
  const up = (n: number) => HIGH - FOOT - (n / most) * (HIGH - FOOT - TOP);
  months.forEach((one, at) => {
    const left = at * step;
    for (const [kind, n, shift] of [["raised", one.raised, 0.14], ["solved", one.solved, 0.5]] as const) {
      svg.append(draw("rect", { class: `bar ${kind}`, x: left + step * shift, y: up(n), width: step * 0.34, height: HIGH - FOOT - up(n) }));
    }
    if (at % 2 === 1 || at === months.length - 1) svg.append(draw("text", { class: "trend-month", x: left + step / 2, y: HIGH - 4 }, String(Number(one.month.slice(5)))));
  });
  const line = months.map(({ open }, at) => `${(at + 0.5) * step},${up(open)}`).join(" ");
  svg.append(draw("polyline", { class: "line open", points: line }), draw("text", { class: "trend-most", x: 1, y: 10 }, String(most)));
  const key = (kind: string, words: string) => h("li", {}, h("span", { class: `trend-key ${kind}`, "aria-hidden": "true" }), words);
  return h("figure", { class: "trend-figure" }, svg as unknown as HTMLElement, h("figcaption", {}, h("ul", { class: "trend-keys" }, key("raised", b("trend.raised")), key("solved", b("trend.solved")), key("open", b("trend.open")))));
}
