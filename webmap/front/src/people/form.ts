// Adding a person to the register and changing what is known of one: the same form.
import { ask } from "../api";
import { p, sayPeople } from "../i18n/people";
import { h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import type { OfficerCard } from "./wire";
import { officerPath } from "./wire";

type Inputs = Record<string, HTMLInputElement | HTMLSelectElement>;

const TAG_SPLIT = /[、,，;；\s]+/u;

/** Ask for what is known of a person; gives the card that the server answers with, or null when left. */
export function officerForm(known: OfficerCard | null): Promise<OfficerCard | null> {
  const inputs = makeInputs(known);
  const words = known ? `${p("officer.change")}：${known.name}` : p("people.add");
  return formDialog(words, fields(inputs, known), () =>
    known
      ? ask<OfficerCard>(officerPath(known.id), { method: "PATCH", body: changes(inputs, known) })
      : ask<OfficerCard>("/api/officers", { method: "POST", body: values(inputs) }),
  );
}

function text(value: string, more: Record<string, string | number | boolean> = {}): HTMLInputElement {
  return h("input", { value, maxlength: 60, autocomplete: "off", ...more });
}

function makeInputs(known: OfficerCard | null): Inputs {
  const vetting = h("select", {}, ...["none", "passed", "failed"].map((state) => h("option", { value: state, selected: state === (known?.vetting ?? "none") }, sayPeople("vetting", state))));
  const tags = [...(known?.tags ?? [])].join("、");
  return {
    name: text(known?.name ?? "", { required: true }),
    // Masked numbers are never sent back as if they were the number.
    phone: text(known && !known.masked ? known.phone : "", { inputmode: "tel", placeholder: known?.masked ? p("officer.keep_secret") : "" }),
    id_no: text(known && !known.masked ? known.id_no : "", { placeholder: known?.masked ? p("officer.keep_secret") : "" }),
    village: text(known?.village?.code ?? known?.village_text ?? ""),
    household: text(known?.household?.code ?? ""),
    tags: text(tags, { maxlength: 200 }),
    party: h("input", { type: "checkbox", checked: known?.party ?? false }),
    away: h("input", { type: "checkbox", checked: known?.away ?? false }),
    vetting,
    vetted_on: h("input", { type: "date", value: known?.vetted_on ?? "" }),
    vetted_by: text(known?.vetted_by ?? ""),
    training_due: h("input", { type: "date", value: known?.training_due ?? "" }),
    training_done: h("input", { type: "date", value: known?.training_done ?? "" }),
    code: text(known?.code ?? "", { maxlength: 64 }),
  };
}

function fields(inputs: Inputs, known: OfficerCard | null): HTMLElement[] {
  const of = (name: string, words: string, hint?: string) => field(words, inputs[name] as HTMLElement, hint);
  const check = (name: string, words: string) => h("label", { class: "check" }, inputs[name] as HTMLElement, h("span", {}, words));
  const pair = (...both: HTMLElement[]) => h("div", { class: "field-pair" }, ...both);
  return [
    pair(of("name", p("officer.name")), of("phone", p("officer.phone"))),
    of("id_no", p("officer.id_no")),
    pair(of("village", p("officer.village"), p("officer.village_hint")), of("household", p("officer.household"), p("officer.household_hint"))),
    of("tags", p("officer.tags"), p("officer.tags_hint")),
    h("div", { class: "row" }, check("party", p("people.party")), check("away", p("people.away"))),
    pair(of("vetting", p("officer.vetting")), of("vetted_on", p("officer.vetted_on"))),
    of("vetted_by", p("officer.vetted_by")),
    pair(of("training_due", `${p("officer.training")} · ${p("officer.training_due")}`), of("training_done", `${p("officer.training")} · ${p("officer.training_done")}`)),
    ...(known ? [] : [of("code", p("officer.code"))]),
  ];
}

function values(inputs: Inputs): Record<string, unknown> {
  const read = (name: string) => (inputs[name] as HTMLInputElement).value.trim();
  const ticked = (name: string) => (inputs[name] as HTMLInputElement).checked;
  const texts = Object.keys(inputs).filter((name) => !["tags", "party", "away"].includes(name));
  return {
    ...Object.fromEntries(texts.map((name) => [name, read(name)])),
    tags: read("tags").split(TAG_SPLIT).filter(Boolean),
    party: ticked("party"),
    away: ticked("away"),
  };
}

// Only what was changed is sent: an untouched field says nothing, an empty secret one keeps the number.
function changes(inputs: Inputs, known: OfficerCard): Record<string, unknown> {
  const before: Record<string, unknown> = {
    name: known.name,
    phone: known.masked ? "" : known.phone,
    id_no: known.masked ? "" : known.id_no,
    village: known.village?.code ?? known.village_text,
    household: known.household?.code ?? "",
    tags: known.tags,
    party: known.party,
    away: known.away,
    vetting: known.vetting,
    vetted_on: known.vetted_on,
    vetted_by: known.vetted_by,
    training_due: known.training_due,
    training_done: known.training_done,
    code: known.code,
  };
  const now = values(inputs);
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}
