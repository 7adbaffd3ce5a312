// What the register is narrowed to: words, tag, vetting, ground and a few yes-or-no questions; kept in the address.
import { ask } from "../api";
import { p, sayPeople } from "../i18n/people";
import { makeSearch } from "../panel/search";
import { fill, h } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { UnitCard } from "../wire";
import type { Wanted } from "./wire";

const FLAGS = ["party", "away", "idle", "retired"] as const;
const TYPED_WAIT_MS = 200;

/** Read what an address asks for. */
export function wantedOf(search: string): Wanted {
  const said = new URLSearchParams(search);
  const flag = (name: string) => said.get(name) === "1";
  return {
    unit: said.get("unit") ?? "",
    text: said.get("text") ?? "",
    tag: said.get("tag") ?? "",
    vetting: said.get("vetting") ?? "",
    party: flag("party"),
    away: flag("away"),
    idle: flag("idle"),
    retired: flag("retired"),
  };
}

/** Write it back, without what is not asked for. */
export function addressOf(wanted: Wanted): string {
  const kept = Object.entries(wanted).filter(([, value]) => value !== "" && value !== false);
  const search = new URLSearchParams(kept.map(([name, value]) => [name, value === true ? "1" : String(value)])).toString();
  return search ? `?${search}` : "";
}

/** Whether anything is asked for at all. */
export function isNarrowed(wanted: Wanted): boolean {
  return addressOf(wanted) !== "";
}

/** Give the row of filters; `changed` is called with each new wish. */
export function filters(begin: Wanted, tags: string[], levels: Record<string, string>, changed: (wanted: Wanted) => void): HTMLElement {
  let wanted = begin;
  const set = (change: Partial<Wanted>) => {
    wanted = { ...wanted, ...change };
    changed(wanted);
  };
  const ground = h("div", { class: "filter-ground" });
  const aim = (name: string) => {
    const all = h("button", { type: "button", class: "link", onclick: () => (fill(ground, search()), set({ unit: "" })) }, p("people.all_units"));
    fill(ground, h("span", { class: "filter-unit" }, p("people.unit_is", { name })), all);
  };
  const search = () =>
    makeSearch(levels, ({ id, label }) => {
      aim(label);
      set({ unit: id });
    }, "unit");
  fill(ground, search());
  if (wanted.unit) void ask<UnitCard>(`/api/units/${encodeURIComponent(wanted.unit)}`).then(({ name }) => aim(name), tellError);
  return h(
    "div",
    { class: "filters", role: "search", "aria-label": p("people.caption") },
    typed(wanted.text, (text) => set({ text })),
    ground,
    chooser(p("people.tag"), p("people.any_tag"), tags.map((tag) => [tag, tag]), wanted.tag, (tag) => set({ tag })),
    chooser(
      p("people.vetting"),
      p("people.any_vetting"),
      ["passed", "none", "failed"].map((state) => [state, sayPeople("vetting", state)]),
      wanted.vetting,
      (vetting) => set({ vetting }),
    ),
    h("div", { class: "filter-flags" }, ...FLAGS.map((name) => flag(sayPeople("people", name), wanted[name], (on) => set({ [name]: on })))),
  );
}

function typed(begin: string, change: (text: string) => void): HTMLElement {
  const input = h("input", { type: "search", value: begin, placeholder: p("people.text"), "aria-label": p("people.text"), maxlength: 50 });
  let timer = 0;
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => change(input.value.trim()), TYPED_WAIT_MS);
  });
  return h("div", { class: "filter-text" }, input);
}

function chooser(words: string, any: string, choices: [string, string][], now: string, change: (value: string) => void): HTMLElement {
  const options = [["", any] as [string, string], ...choices].map(([value, label]) => h("option", { value, selected: value === now }, label));
  const select = h("select", { "aria-label": words }, ...options);
  select.addEventListener("change", () => change(select.value));
  return select;
}

function flag(words: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const input = h("input", { type: "checkbox", checked: on });
  input.addEventListener("change", () => change(input.checked));
  return h("label", { class: "check" }, input, h("span", {}, words));
}
