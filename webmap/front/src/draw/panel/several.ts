// The card of several chosen units: what they would be together, and the button that makes them one.
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { ruleBar } from "../../panel/rulebar";
import { h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { inOnePiece } from "./neighbours";
import { fullName } from "./names";
import type { Session } from "./stage";
import { actTelling } from "./undotoast";
import type { DrawUnit } from "../../wire";

/** Give the card. */
export function severalCard(session: Session, units: readonly DrawUnit[]): HTMLElement {
  const { rule, levels } = session.info;
  const homes = units.reduce((sum, unit) => sum + unit.homes, 0);
  const [first] = units;
  const oneLevel = units.every(({ level }) => level === first?.level);
  const why = !oneLevel ? d("several.levels") : inOnePiece(units) ? null : d("several.apart");
  const kept = h(
    "fieldset",
    { class: "kept" },
    h("legend", {}, d("several.kept")),
    ...units.map((unit, index) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name: "kept", value: unit.id, checked: index === 0 }), h("span", {}, fullName(session, unit), " ", h("span", { class: "muted" }, t("n_homes", { n: whole(unit.homes) })))),
    ),
  );
  const merge = h("button", { type: "button", class: "button primary", disabled: why !== null }, icon("join"), d("several.merge", { n: units.length }));
  merge.addEventListener("click", async () => {
    const keep = kept.querySelector<HTMLInputElement>("input:checked")?.value ?? "";
    const others = units.map(({ id }) => id).filter((id) => id !== keep);
    merge.disabled = true;
    const done = await actTelling(session, "merge", { unit_ids: [keep, ...others] });
    merge.disabled = false;
    if (done) session.select([keep]);
  });
  const level = first && oneLevel ? levels[first.level] : d("several.units");
  return h(
    "article",
    { class: "card" },
    h("header", {}, h("h2", { tabindex: -1 }, d("several.title", { n: units.length, level })), h("p", { class: "muted" }, t("n_homes", { n: whole(homes) }))),
    first?.level === "lin" && oneLevel ? ruleBar(homes, { low: rule.lin_homes_min, high: rule.lin_homes_max }, t("count.homes")) : null,
    why ? h("p", { class: "note" }, why) : null,
    session.mayEdit ? kept : null,
    session.mayEdit ? merge : null,
  );
}
