// Choosing whom an issue goes to: a unit by search or by name from the chain, an office from the county's list.
import { w } from "../i18n/issues";
import { makeSearch } from "../panel/search";
import { fill, h } from "../ui/dom";
import type { ChainLink, MapInfo } from "../wire";
import { type Control, group, radios, single, ticked } from "./controls";
import type { Office, StepField } from "./wire";

const FIND_FROM = 9;
let lists = 0;

/** A unit or an office: units of the chain lie ready, others are searched. */
export function partyControl(field: StepField, { offices, levels, chain }: { offices: Office[]; levels: MapInfo["levels"]; chain: ChainLink[] }, words?: string): Control {
  const unit = unitChoice(levels, [...chain].reverse().filter(({ level }) => level !== "county" || chain.length === 1));
  const office = officeSelect(offices);
  const body = h("div", { class: "stack" });
  const show = (kind: string) => fill(body, kind === "office" ? office.element : unit.element);
  const kind = radios("party", [["unit", w("field.to_unit")], ["office", w("field.to_office")]], "unit", show);
  show("unit");
  const read = () => {
    const id = kind.value() === "office" ? office.value() : unit.value();
    return id ? { kind: kind.value(), id } : undefined;
  };
  return group(field, [kind.element, body], read, words);
}

function unitChoice(levels: MapInfo["levels"], ready: ChainLink[]): { element: HTMLElement; value: () => string } {
  let chosen = "";
  const told = h("p", { class: "small", role: "status" });
  const take = (id: string, name: string) => {
    chosen = id;
    told.textContent = w("field.to_whom", { name });
    element.querySelectorAll("button[data-id]").forEach((button) => button.setAttribute("aria-pressed", String((button as HTMLElement).dataset["id"] === id)));
  };
  const quick = ready.map(({ id, name }) => h("button", { type: "button", class: "button", "data-id": id, "aria-pressed": "false", onclick: () => take(id, name) }, name));
  const element = h("div", { class: "stack tight" }, h("div", { class: "row" }, ...quick), makeSearch(levels, ({ id, label }) => take(id, label), "unit"), told);
  return { element, value: () => chosen };
}

function officeSelect(offices: Office[]): { element: HTMLElement; value: () => string } {
  if (offices.length === 0) return { element: h("p", { class: "muted" }, w("field.no_offices")), value: () => "" };
  const select = h("select", { "aria-label": w("field.to_office") }, h("option", { value: "" }, "—"), ...offices.map(({ id, name }) => h("option", { value: id }, name)));
  return { element: select, value: () => select.value };
}

/** One office out of those that may be meant; a single one is chosen already. */
export function officeControl(field: StepField, offices: Office[]): Control {
  const only = offices.length === 1 ? offices[0]?.id : "";
  const options = offices.map(({ id, name }) => h("option", { value: id, selected: id === only }, name));
  const select = h("select", {}, only ? null : h("option", { value: "" }, "—"), ...options);
  return single(field, select, () => select.value || undefined);
}

/** Several offices: a list to tick, with a search where it is long. */
export function officesControl(field: StepField, offices: Office[]): Control {
  if (offices.length === 0) return group(field, [h("p", { class: "muted" }, w("field.no_offices"))], () => undefined);
  lists += 1;
  const inputs = offices.map(({ id }) => h("input", { type: "checkbox", value: id }));
  const rows = inputs.map((input, at) => h("label", { class: "check" }, input, h("span", {}, offices[at]?.name ?? "")));
  const find = h("input", { type: "search", placeholder: w("field.office_find"), "aria-label": w("field.office_find"), maxlength: 30, autocomplete: "off" });
  find.addEventListener("input", () => {
    const text = find.value.trim();
    rows.forEach((row, at) => (row.hidden = !(offices[at]?.name ?? "").includes(text) && !inputs[at]?.checked));
  });
  return group(field, [offices.length >= FIND_FROM ? find : null, h("div", { class: "office-list", id: `offices-${lists}` }, ...rows)], () => ticked(inputs));
}

/** One unit, by search. */
export function unitControl(field: StepField, levels: MapInfo["levels"], chain: ChainLink[]): Control {
  const { element, value } = unitChoice(levels, [...chain].reverse());
  return group(field, [element], () => value() || undefined);
}
