// The card of a unit: its count against the rule, its ground, what is wrong, how it became, and what can be done.
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { asOf } from "../map/asof";
import { may } from "../pagedata";
import { fill, h } from "../ui/dom";
import { area, moment, whole } from "../ui/format";
import { icon } from "../ui/icons";
import type { HistoryRow, UnitCard } from "../wire";
import type { CardWish } from "./card";
import { chainLine } from "./chain";
import { contactsSection } from "./contacts";
import { makeHomes } from "./homes";
import { levelWord } from "./levelword";
import { problemRow } from "./problems";
import { ruleBar } from "./rulebar";
import { wallButton } from "./wall";

const DRAFTABLE = new Set(["county", "town", "village", "pian", "zu"]);

/** Give a unit's card. */
export function unitCard(unit: UnitCard, wish: CardWish): HTMLElement {
  const { levels, selection } = wish;
  return h(
    "article",
    { class: "card" },
    chainLine(unit.chain, ({ id, name }) => selection.choose({ kind: "unit", id, name, seek: true })),
    h("header", {}, h("h2", {}, unit.name, " ", levelChip(unit, levels)), h("p", { class: "code" }, unit.code)),
    counts(unit, levels),
    asOf() === null ? contactsSection({ unit: unit.id }) : null,
    actions(unit, wish),
    violations(unit, wish),
    history(unit.history),
  );
}

function levelChip({ name, level }: UnitCard, levels: Record<string, string>): HTMLElement | null {
  const word = levelWord(name, levels[level]);
  return word ? h("span", { class: "chip" }, word) : null;
}

function counts(unit: UnitCard, levels: Record<string, string>): HTMLElement {
  const below = nextLevel(unit.level);
  // The rule of a 邻 counts homes, that of a 片 counts its 组.
  const value = unit.level === "pian" ? unit.children : unit.homes;
  const counted = unit.level === "pian" ? t("count.units", { level: levels["zu"] ?? "" }) : t("count.homes");
  return h(
    "section",
    { class: "facts" },
    unit.rule ? ruleBar(value, unit.rule, counted) : null,
    h(
      "dl",
      {},
      fact(t("card.homes"), t("n_homes", { n: whole(unit.homes) })),
      unit.children > 0 && below ? fact(t("card.children", { level: levels[below] ?? "" }), whole(unit.children)) : null,
      unit.area_m2 > 0 ? fact(t("card.area"), area(unit.area_m2)) : null,
      unit.kind ? fact(t("card.kind"), say("kind", unit.kind)) : null,
    ),
  );
}

function nextLevel(level: string): string | null {
  return { county: "town", town: "village", village: "pian", pian: "zu", zu: "lin" }[level] ?? null;
}

function fact(term: string, told: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, told));
}

function actions(unit: UnitCard, { selection }: CardWish): HTMLElement {
  const wall = unit.level === "village" ? wallButton(unit) : null;
  if (!may("see_homes")) return h("section", { class: "actions" }, h("div", { class: "row" }, draftLink(unit), wall));
  const place = h("div", { class: "card-homes" });
  const button = h("button", { type: "button", class: "button", "aria-expanded": "false" }, icon("home"), t("card.see_homes"));
  button.addEventListener("click", () => {
    const open = place.childElementCount === 0;
    button.setAttribute("aria-expanded", String(open));
    if (!open) return fill(place);
    const homes = makeHomes(unit.id, ({ id, code, lon, lat }) =>
      selection.choose({ kind: "household", id, name: code, place: [lon, lat] }),
    );
    fill(place, homes.element);
    void homes.load();
  });
  return h("section", { class: "actions" }, h("div", { class: "row" }, draftLink(unit), button, wall), place);
}

function draftLink({ id, level }: UnitCard): HTMLElement | null {
  if (asOf() !== null || !may("draft") || !DRAFTABLE.has(level)) return null;
  return h("a", { class: "button primary", href: `/plans?unit=${encodeURIComponent(id)}` }, icon("pen"), t("card.draft"));
}

function violations({ violations: found, problems = 0 }: UnitCard, { fly }: CardWish): HTMLElement | null {
  // Of today only: as of a moment nothing is said of them.
  if (!found) return null;
  if (found.length === 0) {
    return h("p", { class: "all-well" }, icon("check"), t("card.no_problems"));
  }
  const more = problems - found.length;
  return h(
    "section",
    {},
    h("h3", {}, t("card.problems", { n: whole(Math.max(problems, found.length)) })),
    h("ol", { class: "problem-list" }, ...found.map((violation) => problemRow(violation, () => fly(violation)))),
    more > 0 ? h("p", { class: "muted small" }, t("card.more_problems", { n: whole(more) })) : null,
  );
}

function history(rows: HistoryRow[]): HTMLElement | null {
  if (rows.length === 0) return null;
  return h(
    "section",
    {},
    h("h3", {}, t("card.history")),
    h("ol", { class: "history" }, ...rows.map(historyRow)),
  );
}

function historyRow({ at, kind, reason, by, homes }: HistoryRow): HTMLElement {
  const what = `${say("publication", kind)} · ${t("n_homes", { n: whole(homes) })}`;
  // An import has no reason of its own; what it brought stands in its place.
  const why = reason && kind === "import" ? say("brought", reason) : reason;
  return h(
    "li",
    {},
    h("div", { class: "history-what" }, what),
    why ? h("div", {}, why) : null,
    h("div", { class: "muted small" }, h("time", { datetime: at }, moment(at)), by ? ` · ${by}` : null),
  );
}
