// The register of officers: the list with its filters on the left, the card of who is chosen on the right.
import { ask, query } from "../api";
import { p } from "../i18n/people";
import { fetchMapInfo } from "../mapinfo";
import { may } from "../pagedata";
import { addressOf, filters, isNarrowed, wantedOf } from "../people/filters";
import { chips, officerCard, vettingChip } from "../people/card";
import { doublesButton } from "../people/doubles";
import { officerForm } from "../people/form";
import { type Officer, type OfficerCard, listPath, officerPath } from "../people/wire";
import { postWords } from "../people/acts";
import { startShell } from "../shell";
import { fill, h, need } from "../ui/dom";
import { icon } from "../ui/icons";
import { pagedTable } from "../ui/paged";
import { tell, tellError, telling } from "../ui/toast";
import type { MapInfo, Page } from "../wire";

const USUAL_TAGS = ["两委", "小组长", "单位小区负责人", "村民代表", "致富带头人", "有威望人士", "退伍军人", "网格员", "志愿者", "骑手"];

startShell();

interface Info extends MapInfo {
  officer_tags?: string[];
}

function start(info: Info): void {
  need("#place-name").textContent = info.county.name;
  let wanted = wantedOf(location.search);
  let shown = "";
  const place = h("div", { class: "officer-place", "aria-live": "polite" }, hint());
  const columns = h("div", { class: "people-columns" });

  const show = (card: OfficerCard, focus = true) => {
    shown = card.id;
    columns.classList.add("chosen");
    fill(place, back(leave), officerCard(card, info, { show: (fresh) => show(fresh), changed: () => void refresh(), again: () => void open(card.id, false).then(refresh) }));
    mark(table.element, shown);
    if (focus) place.querySelector<HTMLElement>("h2")?.focus();
  };
  const leave = () => {
    columns.classList.remove("chosen");
    shown = "";
    mark(table.element, "");
    history.replaceState(null, "", location.pathname + addressOf(wanted));
    fill(place, hint());
  };
  const open = async (id: string, focus = true) => {
    history.replaceState(null, "", `${location.pathname}${addressOf(wanted)}#${id}`);
    const card = await telling(() => ask<OfficerCard>(officerPath(id)));
    if (card) show(card, focus);
  };
  const refresh = async () => {
    await Promise.all([table.reload(), doubles.reload()]);
    mark(table.element, shown);
  };
  const table = pagedTable<Officer>({
    path: () => listPath(wanted),
    columns: [p("col.person"), p("col.phone"), p("col.village"), p("col.posts"), p("col.state")],
    row: (officer) => officerRow(officer, shown, (id) => void open(id)),
    empty: p("people.none"),
    caption: p("people.caption"),
  });
  const doublesPlace = h("div");
  const doubles = doublesButton(doublesPlace, () => wanted.unit, (kept) => {
    void table.reload();
    void open(kept.id);
  });
  const change = (next: typeof wanted) => {
    wanted = next;
    history.replaceState(null, "", location.pathname + addressOf(wanted) + location.hash);
    void table.reload();
  };
  const added = (card: OfficerCard) => {
    tell(p("officer.added", { name: card.name }));
    void refresh();
    show(card);
  };
  const list = h(
    "div",
    { class: "people-list" },
    h("div", { class: "row page-actions" }, addButton(added), importLink(), doubles.element),
    doublesPlace,
    filters(wanted, info.officer_tags ?? USUAL_TAGS, info.levels, change),
    table.element,
  );
  columns.append(list, place);
  need("#content").append(columns);
  void doubles.reload();
  const asked = location.hash.slice(1);
  if (asked) void open(asked);
}

function officerRow(officer: Officer, shown: string, open: (id: string) => void): HTMLTableRowElement {
  const name = h("button", { type: "button", class: "link", onclick: () => open(officer.id) }, officer.name);
  const posts = officer.posts.map((post) => h("div", {}, postWords(post)));
  return h(
    "tr",
    { "data-id": officer.id, "aria-current": officer.id === shown ? "true" : null },
    h("th", { scope: "row" }, h("div", {}, name), h("div", { class: "chips" }, ...chips(officer))),
    h("td", { class: "nowrap" }, officer.phone || "—"),
    h("td", {}, officer.village?.name ?? (officer.village_text || "—")),
    h("td", {}, ...(posts.length > 0 ? posts : [h("span", { class: "muted" }, "—")])),
    h("td", { class: "nowrap" }, vettingChip(officer)),
  );
}

function mark(table: HTMLElement, id: string): void {
  table.querySelectorAll<HTMLElement>("tr[data-id]").forEach((row) => row.toggleAttribute("aria-current", row.dataset["id"] === id));
  table.querySelector(`tr[data-id="${CSS.escape(id)}"]`)?.setAttribute("aria-current", "true");
}

function hint(): HTMLElement {
  return h("p", { class: "panel plan-hint muted" }, p("people.pick"));
}

function back(leave: () => void): HTMLElement {
  return h("button", { type: "button", class: "button people-back", onclick: leave }, icon("undo"), p("people.back"));
}

function addButton(added: (card: OfficerCard) => void): HTMLElement {
  const button = h("button", { type: "button", class: "button primary" }, icon("plus"), p("people.add"));
  button.addEventListener("click", async () => {
    const card = await officerForm(null);
    if (card) added(card);
  });
  return button;
}

function importLink(): HTMLElement | null {
  return may("import") ? h("a", { class: "button", href: "/import?kind=officers" }, icon("upload"), p("people.import")) : null;
}

function emptyRegister(): void {
  const add = addButton((card) => location.assign(`/people#${card.id}`));
  add.classList.remove("primary");
  const upload = importLink();
  upload?.classList.add("primary");
  need("#content").append(
    h("div", { class: "panel stack people-empty" }, h("h2", {}, p("people.empty_title")), h("p", {}, p("people.empty_text")), h("p", { class: "muted" }, p("people.empty_sheet")), h("div", { class: "row" }, upload, add)),
  );
}

async function begin(): Promise<void> {
  const info = await fetchMapInfo();
  const first = isNarrowed(wantedOf(location.search)) ? null : await ask<Page<Officer>>(`/api/officers${query({ limit: 1 })}`);
  if (first && first.items.length === 0) emptyRegister();
  else start(info);
}

begin().catch(tellError);
