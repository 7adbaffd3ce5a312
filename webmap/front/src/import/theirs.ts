// Of another platform's file: whose it is, and which of the county's categories each of its words stands for.
import { ask } from "../api";
import { b } from "../i18n/bring";
import { pageData } from "../pagedata";
import { h } from "../ui/dom";
import { telling } from "../ui/toast";
import type { Preview } from "../wire";
import type { Change } from "./settings";

interface Category {
  id: string;
  major: string;
  name: string;
  name_en: string;
}

type Recompute = (change: Change) => Promise<void>;

/** Give what a person says of a file of issues as a whole; nothing for other kinds. */
export function theirWords(preview: Preview, recompute: Recompute): HTMLElement[] {
  if (preview.kind !== "issues") return [];
  const unknown = preview.unknown ?? [];
  return unknown.length === 0 ? [platformPanel(preview, recompute)] : [platformPanel(preview, recompute), wordsPanel(unknown, recompute)];
}

function platformPanel({ platform = "", problem }: Preview, recompute: Recompute): HTMLElement {
  const missing = problem?.code === "outside.no_platform";
  const input = h("input", { type: "text", value: platform, maxlength: 60, autocomplete: "off", "aria-invalid": missing ? "true" : null });
  input.addEventListener("change", () => void recompute({ platform: input.value }));
  return h(
    "section",
    { class: "panel stack" },
    h("label", { class: "field" }, h("span", {}, b("import.platform")), input, h("span", { class: "muted small" }, b("import.platform_hint"))),
  );
}

function wordsPanel(unknown: string[], recompute: Recompute): HTMLElement {
  const list = h("div", { class: "mapping" });
  const panel = h(
    "section",
    { class: "panel stack" },
    h("h3", {}, b("import.unknown", { n: unknown.length })),
    h("p", { class: "muted small" }, b("import.unknown_text")),
    list,
  );
  void telling(() => ask<{ items: Category[] }>("/api/categories")).then((found) => {
    list.replaceChildren(...unknown.map((word) => wordField(word, found?.items ?? [], recompute)));
  });
  return panel;
}

function wordField(word: string, categories: Category[], recompute: Recompute): HTMLElement {
  const select = h("select", {}, h("option", { value: "" }, b("import.pick_category")), ...byMajor(categories));
  select.addEventListener("change", () => void recompute({ categories: { [word]: select.value } }));
  return h("label", { class: "map-field" }, h("span", {}, word), select);
}

function byMajor(categories: Category[]): HTMLElement[] {
  const majors = new Map<string, HTMLElement[]>();
  for (const { id, major, name, name_en } of categories) {
    const label = pageData.lang === "en" && name_en ? name_en : name;
    majors.set(major, [...(majors.get(major) ?? []), h("option", { value: id }, label)]);
  }
  return [...majors].map(([label, options]) => h("optgroup", { label }, ...options));
}
