// Where the map cannot be drawn, the same answer as a table: what is in the chosen unit, with counts.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { tellError } from "../ui/toast";
import type { Page, Unit } from "../wire";
import type { Selection } from "./selection";

/** Fill `place` with the children of what is chosen, now and after each choice. */
export function listInsteadOfMap(place: HTMLElement, selection: Selection, levels: Record<string, string>): void {
  const body = h("tbody");
  const table = h(
    "table",
    { class: "table" },
    h("caption", {}, t("list.caption")),
    h("thead", {}, h("tr", {}, ...[t("col.name"), t("col.level"), t("col.code")].map((words) => h("th", { scope: "col" }, words)), ...[t("col.homes"), t("col.problems")].map((words) => h("th", { scope: "col", class: "number" }, words)))),
    body,
  );
  place.append(h("div", { class: "table-wrap" }, table));
  const load = async (parent: string) => {
    try {
      const { items } = await ask<Page<Unit>>(`/api/units${query({ parent, limit: 200 })}`);
      fill(body, ...items.map((unit) => row(unit, levels, selection)));
    } catch (error) {
      tellError(error);
    }
  };
  selection.listen((choice) => choice?.kind === "unit" && void load(choice.id));
  void load("");
}

function row(unit: Unit, levels: Record<string, string>, selection: Selection): HTMLElement {
  const open = () => selection.choose({ kind: "unit", id: unit.id, name: unit.name });
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: open }, unit.name)),
    h("td", {}, levels[unit.level] ?? ""),
    h("td", {}, unit.code),
    h("td", { class: "number" }, whole(unit.homes)),
    h("td", { class: "number" }, unit.problems ? `▲${whole(unit.problems)}` : "—"),
  );
}
