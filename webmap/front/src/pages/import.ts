// The import page: choose a file, look at what it would do, confirm, watch it happen. Earlier imports below.
import { ask } from "../api";
import { chooser } from "../import/choose";
import { begunView, previewView, refusedLink } from "../import/preview";
import { b, sayBring } from "../i18n/bring";
import { t } from "../i18n/index";
import { fetchMapInfo } from "../mapinfo";
import { say } from "../i18n/index";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { moment, whole } from "../ui/format";
import { type PagedWish, pagedTable } from "../ui/paged";
import { telling } from "../ui/toast";
import type { ImportRow, MapInfo, Preview } from "../wire";

startShell();

const stage = h("div", { class: "import-stage" });
const columns: PagedWish<ImportRow>["columns"] = [t("col.at"), t("col.file"), t("col.kind"), t("col.state"), [t("col.rows"), true], t("col.outcome"), t("col.by")];
const earlier = pagedTable<ImportRow>({ path: "/api/imports", columns, row, empty: b("import.none_yet"), caption: b("import.earlier") });
need("#content").append(stage, h("section", { class: "page-section" }, h("h2", {}, b("import.earlier")), earlier.element));

function begin(info: MapInfo | undefined): void {
  const show = (preview: Preview) => {
    history.replaceState(null, "", `#${preview.id}`);
    const acts = { again: start, changed: show, finished: () => void earlier.reload() };
    const view = preview.state === "preview" ? previewView(preview, info, acts) : begunView(preview, acts);
    stage.replaceChildren(view);
    stage.querySelector("h2")?.focus();
  };
  const start = () => {
    history.replaceState(null, "", location.pathname + location.search);
    stage.replaceChildren(chooser(show));
  };
  const open = location.hash.slice(1);
  if (!open) return start();
  void telling(() => ask<Preview>(`/api/imports/${encodeURIComponent(open)}`)).then((preview) => (preview ? show(preview) : start()));
}

function row({ id, at, filename, kind, state, rows, counts, by }: ImportRow): HTMLTableRowElement {
  const link = h("a", { class: "link", href: `#${id}` }, filename);
  link.addEventListener("click", () => window.setTimeout(() => location.reload()));
  const told = counts
    ? (["new", "changed", "unchanged", "refused"] as const).filter((name) => counts[name]).map((name) => `${say("count", name)} ${whole(counts[name] ?? 0)}`)
    : [];
  return h(
    "tr",
    {},
    h("td", { class: "nowrap" }, moment(at)),
    h("th", { scope: "row" }, state === "preview" || state === "running" ? link : filename),
    h("td", { class: "nowrap" }, sayBring("import_kind", kind)),
    h("td", { class: "nowrap" }, sayBring("import_state", state)),
    h("td", { class: "number" }, rows === null ? "—" : whole(rows)),
    h("td", {}, told.join(" · ") || "—", counts?.["refused"] ? h("div", {}, refusedLink(id, "link")) : null),
    h("td", { class: "nowrap" }, by),
  );
}

void telling(fetchMapInfo).then(begin);
