// The audit: who did what and when, newest first.
import { sayBring } from "../i18n/bring";
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { sayPeople } from "../i18n/people";
import { seenSection } from "../security/seen";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { moment } from "../ui/format";
import { pagedTable } from "../ui/paged";
import type { AuditRow } from "../wire";

function detailWords(detail: unknown): string {
  if (detail === null || detail === undefined || detail === "") return "—";
  if (typeof detail !== "object") return String(detail);
  return Object.entries(detail)
    .map(([name, value]) => `${say("detail", name)}：${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join("；");
}

function row({ at, by, act, object, detail }: AuditRow): HTMLTableRowElement {
  return h(
    "tr",
    {},
    h("td", { class: "nowrap" }, h("time", { datetime: at }, moment(at))),
    h("td", { class: "nowrap" }, by || "—"),
    h("td", { class: "nowrap" }, actWords(act)),
    h("td", {}, object || "—"),
    h("td", {}, detailWords(detail)),
  );
}

// What concerns officers and posts, and what was brought or listed, has its words in dictionaries of their own.
function actWords(act: string): string {
  return [say, sayPeople, sayBring].map((one) => one("act", act)).find((told) => told !== act) ?? act;
}

startShell();
const columns = [t("col.at"), t("col.by"), t("col.act"), t("col.object"), t("col.detail")];
need("#content").append(
  seenSection(row),
  pagedTable<AuditRow>({ path: "/api/audit", columns, row, empty: t("audit.empty"), caption: t("audit.caption") }).element,
);
