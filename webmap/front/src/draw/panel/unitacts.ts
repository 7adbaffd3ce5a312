// What can be done to one unit from its card: join a neighbour, hang elsewhere, number what is in it anew.
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { verdict } from "../../panel/rulebar";
import { h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { unitName as name } from "../content";
import { fullName } from "./names";
import { neighbours } from "./neighbours";
import type { Session } from "./stage";
import { actTelling } from "./undotoast";
import type { DrawUnit } from "../../wire";

/** Give the unit's neighbours, each with the button that joins it, and how many homes the whole would have. */
export function mergeOffer(session: Session, unit: DrawUnit): HTMLElement | null {
  if (unit.level === "village") return null;
  const near = () => neighbours(unit, session.units.values()).filter(({ parent_id }) => unit.level !== "lin" || parent_id === unit.parent_id);
  const body = h("ul", { class: "near-list" });
  const details = h("details", { class: "more-acts" }, h("summary", {}, d("merge.title")), h("p", { class: "muted small" }, d("merge.lead", { name: name(unit) })), body);
  // Shared borders are looked for when somebody asks, not at each choice.
  details.addEventListener("toggle", () => {
    if (!details.open || body.childElementCount > 0) return;
    const found = near();
    body.append(...(found.length > 0 ? found.map((other) => nearRow(session, unit, other)) : [h("li", { class: "muted" }, d("merge.none"))]));
  });
  return details;
}

function nearRow(session: Session, unit: DrawUnit, other: DrawUnit): HTMLElement {
  const { rule } = session.info;
  const homes = unit.homes + other.homes;
  const judged = unit.level === "lin" ? verdict(homes, { low: rule.lin_homes_min, high: rule.lin_homes_max }) : "ok";
  const join = () => void actTelling(session, "merge", { unit_ids: [unit.id, other.id] });
  return h(
    "li",
    {},
    h("button", { type: "button", class: "link", onclick: () => session.flyToUnit(other.id) }, fullName(session, other)),
    h("span", { class: `small ${judged === "broken" ? "bad-words" : "muted"}` }, judged === "broken" ? "▲" : "", d("merge.together", { n: whole(homes) })),
    h("button", { type: "button", class: "button small", "aria-label": d("merge.with", { name: name(other) }), onclick: join }, d("merge.button")),
  );
}

/** Give the choice of another parent, one that lies beside the unit. */
export function parentOffer(session: Session, unit: DrawUnit): HTMLElement | null {
  const { levels } = session.info;
  const now = unit.parent_id ? session.units.get(unit.parent_id) : undefined;
  if (!now || now.level === "village") return null;
  const choice = h("select", { "aria-label": d("parent.to", { level: levels[now.level] }) });
  const move = h("button", { type: "button", class: "button", disabled: true }, d("parent.button"));
  const details = h(
    "details",
    { class: "more-acts" },
    h("summary", {}, d("parent.title", { level: levels[now.level] })),
    h("p", { class: "muted small" }, d("parent.lead", { name: name(now) })),
    h("div", { class: "row nowrap" }, choice, move),
  );
  details.addEventListener("toggle", () => {
    if (!details.open || choice.options.length > 0) return;
    const found = nearParents(session, unit, now);
    choice.append(h("option", { value: "" }, d(found.length > 0 ? "parent.pick" : "parent.none")), ...found.map((one) => h("option", { value: one.id }, `${name(one)}（${t("n_homes", { n: whole(one.homes) })}）`)));
  });
  choice.addEventListener("change", () => {
    move.disabled = choice.value === "";
  });
  move.addEventListener("click", () => void actTelling(session, "parent", { unit_id: unit.id, parent_id: choice.value }));
  return details;
}

function nearParents(session: Session, unit: DrawUnit, now: DrawUnit): DrawUnit[] {
  const parents = neighbours(unit, session.units.values()).map(({ parent_id }) => parent_id ?? "");
  const ids = [...new Set(parents)].filter((id) => id !== "" && id !== now.id);
  return ids.map((id) => session.units.get(id)).filter((one) => one !== undefined);
}

/** Give the button that numbers a unit's children from west to east and north to south. */
export function renumberOffer(session: Session, unit: DrawUnit): HTMLElement | null {
  if (session.content.children(unit.id).length === 0) return null;
  const deep = h("input", { type: "checkbox" });
  const act = () => void actTelling(session, "renumber", { unit_id: unit.id, deep: deep.checked });
  return h(
    "details",
    { class: "more-acts" },
    h("summary", {}, d("renumber.title")),
    h("p", { class: "muted small" }, d("renumber.lead")),
    unit.level === "zu" ? null : h("label", { class: "choice" }, deep, h("span", {}, d("renumber.deep"))),
    h("button", { type: "button", class: "button", onclick: act }, icon("list"), d("renumber.button")),
  );
}
