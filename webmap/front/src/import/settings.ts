// What can be mended in a preview: which coordinates the file holds, which layer and level, which column is which field.
import { b } from "../i18n/bring";
import { say } from "../i18n/index";
import { h } from "../ui/dom";
import { share } from "../ui/format";
import type { CrsGuess, Preview } from "../wire";

export interface Change {
  mapping?: Record<string, string>;
  crs?: string;
  swapped?: boolean;
  layer?: string;
  level?: string;
  platform?: string;
  categories?: Record<string, string>;
}

type Recompute = (change: Change) => Promise<void>;

/** Say which coordinates the file seems to hold, with the other possibilities to choose from. */
export function crsPanel(preview: Preview, recompute: Recompute): HTMLElement | null {
  const { crs } = preview;
  if (!crs) return null;
  const choice = ({ crs: value, sentence, swapped = false }: CrsGuess["alternatives"][number], checked: boolean) => {
    const input = h("input", { type: "radio", name: "crs", value, checked });
    input.addEventListener("change", () => void recompute({ crs: value, swapped }));
    const turned = swapped ? h("span", { class: "chip warn" }, b("import.swapped")) : null;
    return h("label", { class: "choice" }, input, h("span", {}, sentence, " ", h("span", { class: "muted small" }, value), " ", turned));
  };
  const others = crs.alternatives.filter((other) => other.crs !== crs.crs || Boolean(other.swapped) !== crs.swapped);
  return h(
    "section",
    { class: "panel stack" },
    h("h3", {}, b("import.crs")),
    h(
      "div",
      { role: "radiogroup", "aria-label": b("import.crs") },
      choice(crs, true),
      ...others.map((other) => choice(other, false)),
    ),
    crs.confidence < 1 ? h("p", { class: "muted small" }, b("import.confidence", { share: share(crs.confidence, 0) })) : null,
  );
}

/** Say which column is taken for which field; each can be chosen anew. */
export function mappingPanel(preview: Preview, recompute: Recompute): HTMLElement {
  const layers =
    preview.layers.length > 1
      ? picker(b("import.layer"), preview.layers.map((name) => [name, name]), preview.layer ?? "", (layer) => recompute({ layer }))
      : null;
  const fields = preview.fields.map(({ field, label, required }) => {
    const options: [string, string][] = [["", b("import.not_there")], ...preview.columns.map((name): [string, string] => [name, name])];
    const change = (header: string) => {
      const mapping = { ...preview.mapping };
      if (header) mapping[field] = header;
      else delete mapping[field];
      return recompute({ mapping });
    };
    const words = required ? b("import.required", { label }) : label;
    return picker(words, options, preview.mapping[field] ?? "", change, required && !preview.mapping[field]);
  });
  return h(
    "section",
    { class: "panel stack" },
    h("div", { class: "row" }, h("h3", {}, b("import.mapping")), preview.mapping_remembered ? h("span", { class: "chip good" }, b("import.remembered")) : null),
    layers,
    preview.kind === "units" ? levelPicker(preview, recompute) : null,
    h("div", { class: "mapping" }, ...fields),
  );
}

function levelPicker(preview: Preview, recompute: Recompute): HTMLElement {
  const levels = ["county", "town", "village", "pian", "zu", "lin"].map((level): [string, string] => [level, say("level", level)]);
  return picker(b("import.level"), levels, preview.level ?? "", (level) => recompute({ level }));
}

function picker(words: string, options: [string, string][], now: string, change: (value: string) => Promise<void>, missing = false): HTMLElement {
  const select = h(
    "select",
    { "aria-invalid": missing ? "true" : null },
    ...options.map(([value, label]) => h("option", { value, selected: value === now }, label)),
  );
  select.addEventListener("change", () => void change(select.value));
  return h("label", { class: "map-field" }, h("span", {}, words), select);
}
