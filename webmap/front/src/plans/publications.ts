// What was put in force, newest first; the last one can be undone, with a reason.
import { ask } from "../api";
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { question } from "../ui/dialog";
import { h } from "../ui/dom";
import { moment, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { type Paged, type PagedWish, pagedTable } from "../ui/paged";
import { tell, telling } from "../ui/toast";
import type { Publication } from "../wire";

/** Give the list; `undone` is called after an undo. */
export function publicationList(undone: () => void): Paged {
  const columns: PagedWish<Publication>["columns"] = [[t("col.seq"), true], t("col.at"), t("col.kind"), t("col.unit"), t("col.reason"), [t("col.touched"), true], t("col.by"), t("col.actions")];
  const row = (publication: Publication) => publicationRow(publication, undone);
  return pagedTable<Publication>({ path: "/api/publications", columns, row, empty: t("publications.none"), caption: t("plans.publications") });
}

function publicationRow(publication: Publication, undone: () => void): HTMLTableRowElement {
  const { seq, at, kind, unit, by } = publication;
  return h(
    "tr",
    { class: publication.undone ? "undone" : null },
    h("td", { class: "number" }, seq),
    h("td", { class: "nowrap" }, h("time", { datetime: at }, moment(at))),
    h("td", { class: "nowrap" }, say("publication", kind), publication.undone ? h("span", { class: "chip" }, t("publications.undone")) : null),
    h("td", {}, unit?.name ?? "—"),
    h("td", {}, reasonWords(publication)),
    h("td", { class: "number" }, touchedWords(publication)),
    h("td", { class: "nowrap" }, by),
    h("td", {}, publication.may_undo ? undoButton(publication, undone) : null),
  );
}

// An import has no reason of its own; what it brought stands in its place.
function reasonWords({ kind, reason }: Publication): string {
  if (!reason) return "—";
  return kind === "import" ? say("brought", reason) : reason;
}

function touchedWords({ counts }: Publication): string {
  const homes = counts.homes === undefined ? "" : t("n_homes", { n: whole(counts.homes) });
  const units = counts.units ?? (counts.units_new ?? 0) + (counts.units_changed ?? 0) + (counts.units_gone ?? 0);
  return [homes, units > 0 ? t("publications.units", { n: whole(units) }) : ""].filter(Boolean).join(" · ") || "—";
}

function undoButton(publication: Publication, undone: () => void): HTMLElement {
  const undo = async () => {
    const { seq, unit, counts } = publication;
    const reason = await question({
      title: t("publications.undo_title", { seq }),
      text: t("publications.undo_text", { name: unit?.name ?? "", homes: whole(counts.homes ?? 0) }),
      confirm: t("publications.undo"),
      danger: true,
      reason: { label: t("plans.reason"), least: 2 },
    });
    if (reason === null) return;
    const path = `/api/publications/${encodeURIComponent(publication.id)}/undo`;
    const done = await telling(() => ask<Publication>(path, { method: "POST", body: { reason } }));
    if (!done) return;
    tell(t("publications.undo_done"));
    undone();
  };
  return h("button", { type: "button", class: "button", onclick: () => void undo() }, icon("undo"), t("publications.undo"));
}
