// The first step of an import: what kind it is, and the file, dropped or chosen.
import { ask, sentence } from "../api";
import { b, sayBring } from "../i18n/bring";
import { say } from "../i18n/index";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { Preview } from "../wire";

const KINDS = ["households", "units", "barriers", "officers", "categories", "offices", "holidays", "faq", "issues"] as const;
const LEVELS = ["county", "town", "village", "pian", "zu", "lin"] as const;
const ACCEPT = ".xlsx,.csv,.txt,.gpkg,.zip,.geojson,.json,.kml";

/** Give the form; `done` is called with the preview that the server makes. */
export function chooser(done: (preview: Preview) => void): HTMLElement {
  const level = h("select", { name: "level" }, ...LEVELS.map((value) => h("option", { value, selected: value === "village" }, say("level", value))));
  const levelField = h("label", { class: "field", hidden: true }, h("span", {}, b("import.level")), level);
  const platform = h("input", { type: "text", name: "platform", maxlength: 60, autocomplete: "off" });
  const platformField = h(
    "label",
    { class: "field", hidden: true },
    h("span", {}, b("import.platform")),
    platform,
    h("span", { class: "muted small" }, b("import.platform_hint")),
  );
  const asked = new URLSearchParams(location.search).get("kind");
  const first = KINDS.find((kind) => kind === asked) ?? KINDS[0];
  const chosen = (kind: string) => {
    levelField.hidden = kind !== "units";
    platformField.hidden = kind !== "issues";
  };
  chosen(first);
  const kinds = KINDS.map((kind) => kindChoice(kind, kind === first, () => chosen(kind)));
  const input = h("input", { type: "file", id: "import-file", accept: ACCEPT, class: "reader" });
  const error = h("p", { class: "form-error", role: "alert", hidden: true });
  const status = h("p", { role: "status", class: "muted" });
  const drop = h(
    "label",
    { class: "drop", for: "import-file" },
    icon("upload"),
    h("strong", {}, b("import.drop")),
    h("span", { class: "muted" }, b("import.formats")),
  );
  const send = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    error.hidden = true;
    status.textContent = b("import.reading", { name: file.name });
    drop.setAttribute("aria-busy", "true");
    try {
      done(await ask<Preview>("/api/imports", { method: "POST", body: form(file, kinds, level.value, platform.value) }));
    } catch (refused) {
      error.textContent = sentence(refused);
      error.hidden = false;
      status.textContent = "";
    } finally {
      drop.removeAttribute("aria-busy");
      input.value = "";
    }
  };
  input.addEventListener("change", () => void send(input.files));
  wireDrop(drop, (files) => void send(files));
  return h(
    "section",
    { class: "panel import-choose" },
    h("h2", { tabindex: -1 }, b("import.choose")),
    h("fieldset", { class: "kinds" }, h("legend", { class: "reader" }, b("import.kind")), ...kinds),
    levelField,
    platformField,
    input,
    drop,
    status,
    error,
  );
}

function form(file: File, kinds: HTMLElement[], level: string, platform: string): FormData {
  const inputs = kinds.map((choice) => choice.querySelector("input"));
  const kind = inputs.find((input) => input?.checked)?.value ?? "households";
  const data = new FormData();
  data.set("file", file);
  data.set("kind", kind);
  if (kind === "units") data.set("level", level);
  if (kind === "issues") data.set("platform", platform);
  return data;
}

function kindChoice(kind: string, checked: boolean, chosen: () => void): HTMLElement {
  const input = h("input", { type: "radio", name: "kind", value: kind, checked });
  input.addEventListener("change", chosen);
  return h("label", { class: "kind" }, input, h("span", {}, h("strong", {}, sayBring("import_kind", kind)), h("span", { class: "muted small" }, sayBring("import_kind_hint", kind))));
}

function wireDrop(drop: HTMLElement, send: (files: FileList | null) => void): void {
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    send(event.dataTransfer?.files ?? null);
  });
}
