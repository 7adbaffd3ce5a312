// The form of a step, made of what the step asks for; what needs lists that the phone does not hold is left to the desk.
import { f } from "../i18n/field";
import { t } from "../i18n/index";
import { hasWords, sayW, w } from "../i18n/issues";
import { choiceControl, flagControl, manyControl, momentControl, single, starsControl, textControl, type Control } from "../issues/controls";
import type { Step, StepField } from "../issues/wire";
import { h } from "../ui/dom";
import type { App } from "./app";
import { nameOf } from "./categorybox";
import { chainOf, groundAt } from "./inside";
import { where } from "./locate";
import type { Matter } from "./merge";
import { burden } from "./parts";

const FILLED = ["text", "choice", "remedy", "stars", "moment", "flag", "party", "category"];
/** Steps that are taken somewhere: the phone's own place is sent along. */
const WITH_PLACE = ["moved", "checked"];

/** Tell whether the phone can fill in all that a step must say. */
export function canFill({ fields }: Step): boolean {
  return fields.every(({ kind, optional }) => optional || FILLED.includes(kind));
}

/** Ask for what a step says; gives its values, or null when left. A step that asks for nothing is taken at once. */
export async function stepForm(app: App, matter: Matter, step: Step): Promise<Record<string, unknown> | null> {
  const fields = step.fields.filter(({ kind }) => FILLED.includes(kind));
  const filled = fields.length === 0 ? {} : await ask(app, matter, step, fields);
  if (!filled || !WITH_PLACE.includes(step.kind)) return filled;
  const fix = await where();
  return fix ? { ...filled, place: fix.place } : filled;
}

function ask(app: App, matter: Matter, { kind }: Step, fields: readonly StepField[]): Promise<Record<string, unknown> | null> {
  const controls = fields.map((field) => controlFor(app, matter, field));
  return new Promise((resolve) => {
    const close = (values: Record<string, unknown> | null) => {
      dialog.close();
      dialog.remove();
      resolve(values);
    };
    const form = h(
      "form",
      { method: "dialog", novalidate: true },
      h("h2", {}, sayW("step", kind)),
      hasWords("stepmeans", kind) ? h("p", { class: "muted" }, sayW("stepmeans", kind)) : null,
      ...controls.map(({ element }) => element),
      burden(app, `step.${kind}`),
      h("div", { class: "dialog-actions" }, h("button", { type: "button", class: "button", onclick: () => close(null) }, t("cancel")), h("button", { type: "submit", class: "button primary" }, sayW("step", kind))),
    );
    const dialog = h("dialog", { class: "step-dialog", "aria-label": sayW("step", kind) }, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const missing = controls.filter(({ optional, read }) => !optional && read() === undefined);
      controls.forEach((one) => one.fail(missing.includes(one) ? w("field.missing") : ""));
      if (missing.length === 0) close(Object.fromEntries(controls.map(({ name, read }) => [name, read()]).filter(([, value]) => value !== undefined)));
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function controlFor(app: App, matter: Matter, field: StepField): Control {
  switch (field.kind) {
    case "choice":
      return choiceControl(field);
    case "remedy":
      return manyControl(field);
    case "stars":
      return starsControl(field);
    case "moment":
      return momentControl(field, "");
    case "flag":
      return flagControl(field);
    case "party":
      return partyChoice(app, matter, field);
    case "category":
      return categoryChoice(app, field);
    default:
      return textControl(field);
  }
}

// Whose it is: the units at the place and above it, and their neighbours, as far as the phone knows them.
function partyChoice(app: App, matter: Matter, field: StepField): Control {
  const scope = app.scope!;
  const ground = groundAt(scope.units, [matter.lon, matter.lat], 0);
  const deepest = ground?.chain.at(-1);
  const around = deepest ? scope.units.filter(({ level, id }) => level === deepest.level && id !== deepest.id) : [];
  const units = ground ? [...ground.chain].reverse().concat(around) : [...scope.units];
  const names = units.map((one) => chainOf(scope.units, one).slice(-2).map(({ name }) => name).join(" › "));
  const input = h("select", {}, h("option", { value: "" }, f("none")), ...units.map(({ id }, at) => h("option", { value: id }, names[at]!)));
  return single(field, input, () => (input.value ? { kind: "unit", id: input.value } : undefined), field.name === "to" ? w("field.to_refused") : undefined);
}

function categoryChoice(app: App, field: StepField): Control {
  const input = h("select", {}, h("option", { value: "" }, f("none")), ...app.scope!.categories.map((one) => h("option", { value: one.id }, nameOf(one))));
  return single(field, input, () => input.value || undefined);
}
