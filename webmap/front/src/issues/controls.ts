// The controls of a step's form: each one field, which says what is filled in and shows what is wrong with it.
import { sayW, w } from "../i18n/issues";
import { h } from "../ui/dom";
import type { StepField } from "./wire";

export interface Control {
  name: string;
  element: HTMLElement;
  optional: boolean;
  /** What is filled in; undefined where nothing is. */
  read: () => unknown;
  /** Show what is wrong with it, or (with "") nothing. */
  fail: (words: string) => void;
}

let made = 0;

/** Frame one input as a labelled field with room for what is wrong. */
export function single(field: StepField, input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, read: () => unknown, words = labelOf(field)): Control {
  made += 1;
  const error = h("small", { class: "field-error", id: `field-error-${made}`, hidden: true });
  input.setAttribute("aria-describedby", error.id);
  if (!field.optional) input.setAttribute("aria-required", "true");
  const element = h("label", { class: "field" }, h("span", {}, words, optionalMark(field)), input, error);
  return { name: field.name, optional: field.optional ?? false, element, read, fail: failing(element, error) };
}

/** Frame several inputs as a group with a legend and room for what is wrong. */
export function group(field: StepField, children: (HTMLElement | null)[], read: () => unknown, words = labelOf(field)): Control {
  made += 1;
  const error = h("small", { class: "field-error", id: `field-error-${made}`, hidden: true });
  const element = h("fieldset", { class: "field-group", "aria-describedby": error.id }, h("legend", {}, words, optionalMark(field)), ...children, error);
  return { name: field.name, optional: field.optional ?? false, element, read, fail: failing(element, error) };
}

/** Give what a field is called. */
export function labelOf({ name }: StepField): string {
  return sayW("field", name);
}

function optionalMark({ optional, kind }: StepField): HTMLElement | null {
  return optional && kind !== "flag" ? h("span", { class: "muted" }, `（${w("field.optional")}）`) : null;
}

function failing(element: HTMLElement, error: HTMLElement): (words: string) => void {
  return (words) => {
    error.textContent = words;
    error.hidden = words === "";
    element.classList.toggle("wrong", words !== "");
    const input = element.querySelector("input, textarea, select");
    if (words) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  };
}

/** A text of one line or more. */
export function textControl(field: StepField): Control {
  const line = field.name === "parties" || field.name === "topic";
  const input = line ? h("input", { maxlength: 200, autocomplete: "off" }) : h("textarea", { rows: 3, maxlength: 2000 });
  return single(field, input, () => input.value.trim() || undefined);
}

/** One of a few choices, as buttons that can all be seen. */
export function choiceControl(field: StepField, begin = ""): Control {
  const { element, value } = radios(field.name, (field.choices ?? []).map((one) => [one, choiceWords(field.name, one)]), begin);
  return group(field, [element], () => value() || undefined);
}

function choiceWords(name: string, one: string): string {
  return sayW(name === "grade" ? "gradelong" : name, one);
}

/** Radio buttons that look like a row of buttons. */
export function radios(name: string, choices: [string, string][], begin: string, changed: (value: string) => void = () => undefined): { element: HTMLElement; value: () => string; choose: (value: string) => void } {
  made += 1;
  const inputs = choices.map(([value]) => h("input", { type: "radio", name: `${name}-${made}`, value, checked: value === begin }));
  inputs.forEach((input) => input.addEventListener("change", () => changed(input.value)));
  const element = h("div", { class: "radio-row" }, ...inputs.map((input, at) => h("label", { class: "radio-button" }, input, h("span", {}, choices[at]?.[1] ?? ""))));
  const value = () => inputs.find(({ checked }) => checked)?.value ?? "";
  const choose = (wanted: string) => inputs.forEach((input) => (input.checked = input.value === wanted));
  return { element, value, choose };
}

/** Several of a few choices. */
export function manyControl(field: StepField): Control {
  const inputs = (field.choices ?? []).map((value) => h("input", { type: "checkbox", value }));
  const rows = inputs.map((input) => h("label", { class: "radio-button" }, input, h("span", {}, sayW(field.name, input.value))));
  return group(field, [h("div", { class: "radio-row" }, ...rows)], () => ticked(inputs));
}

/** Give the values of what is ticked; undefined where nothing is. */
export function ticked(inputs: readonly HTMLInputElement[]): string[] | undefined {
  const found = inputs.filter(({ checked }) => checked).map(({ value }) => value);
  return found.length > 0 ? found : undefined;
}

/** Yes or no: a question with two answers where it must be answered, else a box to tick. */
export function flagControl(field: StepField): Control {
  if (!field.optional) {
    const { element, value } = radios(field.name, [["yes", sayW("field", `${field.name}_yes`)], ["no", sayW("field", `${field.name}_no`)]], "");
    return group(field, [element], () => (value() ? value() === "yes" : undefined));
  }
  const input = h("input", { type: "checkbox" });
  const error = h("small", { class: "field-error", hidden: true });
  const element = h("div", { class: "field" }, h("label", { class: "check" }, input, h("span", {}, labelOf(field))), error);
  return { name: field.name, optional: true, element, read: () => (input.checked ? true : undefined), fail: failing(element, error) };
}

const STARS = ["1", "2", "3", "4", "5"];

/** One to five stars. */
export function starsControl(field: StepField): Control {
  const { element, value } = radios(field.name, STARS.map((n) => [n, "★".repeat(Number(n))]), "");
  element.querySelectorAll("input").forEach((input) => input.setAttribute("aria-label", w("card.stars", { n: input.value })));
  return group(field, [element], () => (value() ? Number(value()) : undefined));
}

/** A moment by the county's clock, wherever the reader's machine thinks it is. */
export function momentControl(field: StepField, begin: string): Control {
  const input = h("input", { type: "datetime-local", value: begin });
  return single(field, input, () => (input.value ? `${input.value.slice(0, 16)}:00+08:00` : undefined));
}

/** Give five in the afternoon of some days ahead by the county's clock, as an input of date and time takes it. */
export function afternoon(now: Date, days_ahead: number): string {
  const there = new Date(now.getTime() + days_ahead * 86_400_000);
  return `${new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(there)}T17:00`;
}
