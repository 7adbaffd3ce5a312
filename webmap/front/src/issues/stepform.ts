// Taking a step: a small form made of what the step asks for, sent under an id that the page made, so twice is once.
import { ApiError, ask, sentence } from "../api";
import { t } from "../i18n/index";
import { hasWords, sayW, w } from "../i18n/issues";
import { h } from "../ui/dom";
import { tell } from "../ui/toast";
import type { MapInfo } from "../wire";
import { categoryPick } from "./categorypick";
import { afternoon, choiceControl, type Control, flagControl, group, manyControl, momentControl, starsControl, textControl } from "./controls";
import { freshId } from "../ids";
import { intoControl } from "./intopick";
import { officeControl, officesControl, partyControl, unitControl } from "./parties";
import { lineControl, placeControl } from "./placepick";
import type { Registry } from "./registry";
import { type Full, type Step, type StepField, stepPath } from "./wire";

export interface StepContext extends Registry {
  info: MapInfo;
}

/** The steps that are taken somewhere, and whether they must say where. */
const WITH_PLACE: Record<string, boolean> = { moved: true, checked: false };

/** The body of a step as the server takes it. */
export interface StepBody {
  kind: string;
  after: string | null;
  detail: Record<string, unknown>;
  lon?: number;
  lat?: number;
  device_at: string;
}

/** Take a step; gives the issue as it is then, or null when left. A conflict with somebody else is thrown. */
export function takeStep(issue: Full, step: Step, context: StepContext): Promise<Full | null> {
  const eventId = freshId();
  const fields = fieldsOf(step);
  if (fields.length === 0) return sendStep(issue, eventId, bodyOf(issue, step.kind, {})).then(told(step.kind));
  const controls = fields.map((field) => controlFor(field, step.kind, issue, context));
  return stepDialog(titleOf(issue, step.kind), step.kind, controls, () => sendStep(issue, eventId, bodyOf(issue, step.kind, valuesOf(controls)))).then(
    (fresh) => fresh && told(step.kind)(fresh),
  );
}

function told(kind: string): (fresh: Full) => Full {
  return (fresh) => {
    tell(sayW("stepdone", kind));
    return fresh;
  };
}

function titleOf({ number }: Full, kind: string): string {
  return `${sayW("step", kind)} · ${number}`;
}

/** Give what a step asks for, its place among it. */
export function fieldsOf({ kind, fields }: Step): StepField[] {
  const place = WITH_PLACE[kind];
  if (place === undefined || fields.some(({ name }) => name === "place")) return fields;
  return [...fields, { name: "place", kind: "place", optional: !place }];
}

/** Make the body of a step out of what is filled in. */
export function bodyOf({ events }: Pick<Full, "events">, kind: string, values: Record<string, unknown>, now: Date = new Date()): StepBody {
  const { place, ...detail } = values;
  const where = Array.isArray(place) ? { lon: Number(place[0]), lat: Number(place[1]) } : {};
  return { kind, after: events.findLast(({ counts }) => counts !== false)?.id ?? null, detail, ...where, device_at: now.toISOString() };
}

function sendStep(issue: Full, eventId: string, body: StepBody): Promise<Full> {
  return ask<Full>(stepPath(issue.id, eventId), { method: "PUT", body });
}

/** Give what is filled in, without what is not. */
export function valuesOf(controls: readonly Pick<Control, "name" | "read">[]): Record<string, unknown> {
  return Object.fromEntries(controls.map(({ name, read }) => [name, read()]).filter(([, value]) => value !== undefined));
}

function controlFor(field: StepField, kind: string, issue: Full, { info, offices, categories }: StepContext): Control {
  const { chain } = issue;
  switch (field.kind) {
    case "choice":
      return choiceControl(field, field.name === "level" ? ownLevel(issue, field) : "");
    case "remedy":
      return manyControl(field);
    case "party":
      return partyControl(field, { offices, levels: info.levels, chain }, kind === "refused" ? w("field.to_refused") : undefined);
    case "offices":
      return officesControl(field, offices);
    case "office":
      return officeControl(field, engaged(issue, kind, offices));
    case "issue":
      return intoControl(field, issue);
    case "unit":
      return unitControl(field, info.levels, chain);
    case "category":
      return categoryControl(field, categories);
    case "stars":
      return starsControl(field);
    case "moment":
      return momentControl(field, field.optional ? "" : afternoon(new Date(), 1));
    case "flag":
      return flagControl(field);
    case "line":
      return lineControl(field, info, [issue.lon, issue.lat]);
    case "place":
      return placeControl(field, info, [issue.lon, issue.lat]);
    default:
      return textControl(field);
  }
}

function ownLevel({ level }: Full, { choices = [] }: StepField): string {
  return choices.includes(level) ? level : (choices[0] ?? "");
}

// Who may sign in was called; whose coming is rated has signed in.
function engaged({ whistles }: Full, kind: string, offices: StepContext["offices"]): StepContext["offices"] {
  const ids = new Set(whistles.flatMap(({ missing, signed }) => (kind === "signed_in" ? missing : Object.keys(signed))));
  return offices.filter(({ id }) => ids.has(id));
}

function categoryControl(field: StepField, categories: StepContext["categories"]): Control {
  const pick = categoryPick(categories, () => undefined, sayW("field", field.name));
  return group(field, [pick.element], () => pick.chosen()?.id);
}

/** Tell whether an error means that somebody else was faster, so that the issue must be read again. */
export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && ["issue.step", "issue.taken", "issue.not_yours", "issue.gone"].includes(error.code);
}

/** Show a form until the server has taken it; what is wrong with one field is told there. A conflict is thrown. */
export function stepDialog<T>(title: string, kind: string, controls: readonly Control[], send: () => Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const error = h("p", { class: "form-error", role: "alert", hidden: true });
    const submit = h("button", { type: "submit", class: "button primary" }, sayW("step", kind));
    const close = () => {
      dialog.close();
      dialog.remove();
    };
    const leave = h("button", { type: "button", class: "button", onclick: () => (close(), resolve(null)) }, t("cancel"));
    const means = hasWords("stepmeans", kind) ? h("p", { class: "muted" }, sayW("stepmeans", kind)) : null;
    const form = h("form", { method: "dialog", novalidate: true }, h("h2", {}, title), means, ...controls.map(({ element }) => element), error, h("div", { class: "dialog-actions" }, leave, submit));
    const dialog = h("dialog", { class: "step-dialog", "aria-label": title }, form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit.disabled) return;
      error.hidden = true;
      if (tellMissing(controls)) return;
      submit.disabled = true;
      try {
        const result = await send();
        close();
        resolve(result);
      } catch (refused) {
        if (isConflict(refused)) {
          close();
          return reject(refused);
        }
        showRefusal(refused, controls, error);
        submit.disabled = false;
      }
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
      resolve(null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// What must be filled in and is not is told at once, without asking the server.
function tellMissing(controls: readonly Control[]): boolean {
  const missing = controls.filter(({ optional, read }) => !optional && read() === undefined);
  controls.forEach((control) => control.fail(missing.includes(control) ? w("field.missing") : ""));
  missing[0]?.element.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
  return missing.length > 0;
}

// A refusal that names a field is told at that field, any other at the form's foot.
function showRefusal(refused: unknown, controls: readonly Control[], error: HTMLElement): void {
  const named = refused instanceof ApiError ? String(refused.values["field"] ?? "") : "";
  const control = controls.find(({ name }) => name === named);
  if (!control) {
    error.textContent = sentence(refused);
    error.hidden = false;
    return;
  }
  control.fail(control.read() === undefined ? w("field.missing") : sentence(refused));
  control.element.scrollIntoView({ block: "nearest" });
  control.element.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
}
