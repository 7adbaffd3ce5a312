// The second step: everything the file would do, before anything is written; mapping and coordinates can be mended here.
import { ask } from "../api";
import { b, sayBring } from "../i18n/bring";
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { type Begun, followJob } from "../jobs";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { telling } from "../ui/toast";
import type { MapInfo, Preview } from "../wire";
import { crsPanel, mappingPanel, type Change } from "./settings";
import { theirWords } from "./theirs";
import { previewMap } from "./previewmap";

export interface PreviewActs {
  again: () => void;
  changed: (preview: Preview) => void;
  finished: () => void;
}

/** Give the preview of an import. */
export function previewView(preview: Preview, info: MapInfo | undefined, acts: PreviewActs): HTMLElement {
  const recompute = async (change: Change) => {
    view.setAttribute("aria-busy", "true");
    const path = `/api/imports/${encodeURIComponent(preview.id)}`;
    const fresh = await telling(() => ask<Preview>(path, { method: "POST", body: change }));
    view.removeAttribute("aria-busy");
    if (fresh) acts.changed(fresh);
  };
  const view = h(
    "div",
    { class: "import-preview" },
    heading(preview, acts),
    ...notes(preview),
    h(
      "div",
      { class: "import-columns" },
      h("div", { class: "stack" }, ...theirWords(preview, recompute), crsPanel(preview, recompute), mappingPanel(preview, recompute)),
      h("div", { class: "stack" }, counts(preview), previewMap(preview, info), confirmPanel(preview, acts)),
    ),
    refusals(preview),
    sample(preview),
  );
  return view;
}

function notes({ notes = [], partial, rows }: Preview): HTMLElement[] {
  const words = partial ? [...notes, b("import.partial", { n: whole(rows) })] : notes;
  return words.map((sentence) => h("p", { class: "note" }, sentence));
}

function heading(preview: Preview, { again }: PreviewActs): HTMLElement {
  const about = [sayBring("import_kind", preview.kind), preview.level ? say("level", preview.level) : null, preview.encoding, b("import.n_rows", { n: whole(preview.rows) })];
  return h(
    "div",
    { class: "row import-head" },
    h("div", {}, h("h2", { tabindex: -1 }, preview.filename), h("p", { class: "muted" }, about.filter(Boolean).join(" · "))),
    h("span", { class: "spacer" }),
    h("button", { type: "button", class: "button", onclick: again }, b("import.another")),
  );
}

function counts(preview: Preview): HTMLElement {
  const cell = (name: "new" | "changed" | "unchanged" | "refused", kind = "") =>
    h("div", { class: `figure ${kind}` }, h("dd", {}, whole(preview[name])), h("dt", {}, say("count", name)));
  return h(
    "dl",
    { class: "panel figures", "aria-label": b("import.outcome") },
    cell("new", "good"),
    cell("changed"),
    cell("unchanged"),
    cell("refused", preview.refused > 0 ? "bad" : ""),
  );
}

function confirmPanel(preview: Preview, acts: PreviewActs): HTMLElement {
  const place = h("div", { class: "job-place" });
  if (preview.problem) return h("section", { class: "panel stack" }, h("p", { class: "form-error", role: "alert" }, preview.problem.message));
  const nothing = preview.new + preview.changed === 0;
  const button = h("button", { type: "button", class: "button primary wide", disabled: nothing }, icon("check"), b("import.confirm", { n: whole(preview.new + preview.changed) }));
  const words = nothing ? b("import.nothing") : preview.refused > 0 ? b("import.confirm_some", { n: whole(preview.refused) }) : b("import.confirm_text");
  const panel = h("section", { class: "panel stack" }, h("p", { class: "muted" }, words), button, place);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const begun = await telling(() => ask<Begun>(`/api/imports/${encodeURIComponent(preview.id)}/confirm`, { method: "POST" }));
    const job = begun ? await followJob(place, begun) : null;
    acts.finished();
    if (job) panel.replaceChildren(donePanel(preview, preview.refused, acts));
    else button.disabled = false;
  });
  return panel;
}

function donePanel({ id, kind }: Preview, refused: number, acts: PreviewActs): HTMLElement {
  return h(
    "div",
    { class: "stack" },
    h("p", { class: "all-well" }, icon("check"), b("import.done")),
    h(
      "div",
      { class: "row" },
      onward(kind),
      refused > 0 ? refusedLink(id, "button") : null,
      h("button", { type: "button", class: "button", onclick: acts.again }, b("import.another")),
    ),
  );
}

/** Give the link to where what came in is seen: lists of issues have their page, units and homes the map. */
function onward(kind: Preview["kind"]): HTMLElement {
  if (kind === "officers") return h("a", { class: "button primary", href: "/people" }, b("import.to_people"));
  if (["units", "households", "barriers"].includes(kind)) return h("a", { class: "button primary", href: "/map" }, b("import.to_map"));
  return h("a", { class: "button primary", href: "/issues" }, b("import.to_issues"));
}

/** Give the link to the refused rows as a file to mend and load again; it is there once the import has run. */
export function refusedLink(id: string, look: string): HTMLElement {
  return h("a", { class: look, href: `/api/imports/${encodeURIComponent(id)}/refused.xlsx`, download: "" }, b("import.refused_file"));
}

/** Give an import that no longer waits: the job that takes it in, or what became of it. */
export function begunView(preview: Preview, acts: PreviewActs): HTMLElement {
  const place = h("div", { class: "job-place" });
  const panel = h("section", { class: "panel stack" }, h("h2", { tabindex: -1 }, preview.filename), h("p", { class: "muted" }, sayBring("import_state", preview.state)), place);
  const done = () => panel.replaceChildren(h("h2", {}, preview.filename), donePanel(preview, preview.counts?.["refused"] ?? 0, acts));
  if (preview.state === "done") done();
  else if (preview.state === "running" && preview.job) {
    void followJob(place, { job: preview.job }).then((job) => {
      acts.finished();
      if (job) done();
    });
  }
  return panel;
}

function refusals(preview: Preview): HTMLElement | null {
  if (preview.refused === 0) return null;
  const rows = preview.refusals.map(({ row, field, value, sentence }) =>
    h("tr", {}, h("td", { class: "number" }, row), h("td", { class: "nowrap" }, fieldLabel(preview, field)), h("td", {}, value === "" ? "—" : value), h("td", {}, sentence)),
  );
  const more = preview.refused - preview.refusals.length;
  return h(
    "section",
    { class: "page-section" },
    h("h2", {}, b("import.refusals", { n: whole(preview.refused) })),
    table([t("col.row"), t("col.field"), t("col.value"), t("col.why")], rows),
    more > 0 ? h("p", { class: "muted small" }, b("import.more_refusals", { n: whole(more) })) : null,
  );
}

function fieldLabel(preview: Preview, field: string): string {
  return preview.fields.find((known) => known.field === field)?.label ?? field;
}

function sample(preview: Preview): HTMLElement {
  const rows = preview.sample.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", { class: "nowrap" }, cell ?? ""))));
  return h("section", { class: "page-section" }, h("h2", {}, b("import.sample", { n: rows.length })), table(preview.columns, rows));
}

function table(columns: string[], rows: HTMLElement[]): HTMLElement {
  return h(
    "div",
    { class: "table-wrap", tabindex: 0 },
    h("table", { class: "table" }, h("thead", {}, h("tr", {}, ...columns.map((words) => h("th", { scope: "col" }, words)))), h("tbody", {}, ...rows)),
  );
}
