// The desk: one query, seen as trays, a list, a map or a board, and beside it the issue that is open or being taken in.
import { w } from "../i18n/issues";
import { may } from "../pagedata";
import { fill, h, need } from "../ui/dom";
import { whole } from "../ui/format";
import { icon, type IconName } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { MapInfo } from "../wire";
import { Board } from "./board";
import { bulkBar } from "./bulk";
import { IssueCard } from "./card";
import { ConsoleView } from "./console";
import { type Filters, filterRow } from "./filters";
import { intakePanel } from "./intake";
import { IssueList } from "./list";
import type { IssueMap } from "./mapview";
import type { Registry } from "./registry";
import { toolsMenu } from "./views";
import { addressOf, countFilters, type Query, tidy, type View, type Wanted, wantedOf } from "./wanted";

const ICONS: Record<View, IconName> = { today: "check", list: "list", map: "pin", board: "layers" };
// A page that was looked away from for this long is read again when it is looked at.
const STALE_MS = 60_000;

export class Desk {
  private readonly first: View;
  private readonly views: View[];
  private wanted: Wanted;
  private map: IssueMap | null = null;
  private mapAsked = false;
  private shownAt = Date.now();
  private readonly page = need("#issues");
  private readonly side = h("aside", { class: "issue-side", "aria-label": w("card.steps"), hidden: true });
  private readonly totals = h("p", { class: "issue-totals", role: "status" });
  private readonly tabs = h("div", { class: "segments view-tabs", role: "group", "aria-label": w("view.label") });
  private readonly place = h("div", { class: "issue-view" });
  private readonly mapPlace = h("div", { class: "issue-map" });
  private readonly card: IssueCard;
  private readonly list: IssueList;
  private readonly board: Board;
  private readonly console: ConsoleView;
  private readonly bulk: ReturnType<typeof bulkBar>;
  private readonly filters: Filters;

  constructor(
    private readonly info: MapInfo,
    private readonly known: Registry,
  ) {
    const works = may("desk") || may("office") || may("handle");
    const views: View[] = works ? ["today", "list", "map", "board"] : ["list", "map", "board"];
    // Who reports from anywhere, without ground of their own, sees no map.
    this.views = may("see") ? views : ["list"];
    this.first = works ? "today" : "list";
    this.wanted = wantedOf(location.search, this.first);
    if (!this.views.includes(this.wanted.view)) this.wanted.view = this.first;
    const open = (id: string) => this.open(id);
    const totals = (total: number, late: number) => this.tellTotals(total, late);
    this.card = new IssueCard({ info, changed: () => this.refresh(), open, close: () => this.open("") });
    this.bulk = bulkBar({ info, known, done: () => (this.list.untick(), this.refresh()), none: () => this.list.untick() });
    this.list = new IssueList({ open, totals, empty: (filtered) => this.empty(filtered), ...(may("desk") ? { ticked: this.bulk.show } : {}) });
    this.board = new Board({ open, totals });
    this.console = new ConsoleView({ open, info, list: (query) => this.look({ view: "list", query }), unit: (unit) => this.look({ query: tidy({ ...this.wanted.query, unit }) }, true) });
    this.filters = filterRow(this.wanted.query, info, known, (query) => this.look({ query }));
    this.frame();
    this.show(true);
    this.showSide(false);
    this.listen();
  }

  private frame(): void {
    const add = may("report") && may("see") ? h("button", { type: "button", class: "button primary", id: "issue-add", onclick: () => this.intake(true) }, icon("plus"), w("desk.add")) : null;
    const tools = toolsMenu({ now: () => this.wanted.query, show: (query) => this.look({ query, ...(this.wanted.view === "today" ? { view: "list" } : {}) }, true) });
    const head = h("div", { class: "issue-head" }, this.tabs, this.totals, h("span", { class: "spacer" }), tools, add);
    fill(this.page, h("div", { class: "issue-main" }, head, this.filters.element, this.place, this.bulk.element), this.side);
  }

  private listen(): void {
    window.addEventListener("popstate", () => {
      this.wanted = wantedOf(location.search, this.first);
      this.filters.show(this.wanted.query);
      this.show(false);
      this.showSide(false);
    });
    // Heard before the menus hear it: the Escape that closes a menu must not close the issue as well.
    document.addEventListener("keydown", (event) => this.onKey(event), true);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - this.shownAt < STALE_MS) return;
      this.refresh();
      if (this.wanted.id) void this.card.open(this.wanted.id, false).catch(tellError);
    });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.wanted.id) return;
    const busy = document.querySelector("dialog[open], details.menu[open]") !== null || (event.target as Element).closest?.("input, textarea, select");
    if (!busy) this.open("");
  }

  // Another view, query or level: the address follows, so that a link opens the same.
  private look(change: Partial<Wanted>, redraw = false): void {
    const before = this.wanted;
    this.wanted = { ...before, ...change };
    if (redraw || (change.view && change.query)) this.filters.show(this.wanted.query);
    this.address(this.wanted.view !== before.view);
    this.show(this.wanted.view !== before.view);
  }

  private address(step: boolean): void {
    const there = `${location.pathname}${addressOf(this.wanted, this.first)}`;
    if (step) history.pushState(null, "", there);
    else history.replaceState(null, "", there);
  }

  // What is shown is asked for anew, and what was ticked or scrolled to stays.
  private refresh(): void {
    this.shownAt = Date.now();
    if (this.wanted.view === "list") void this.list.refresh();
    else this.show(false);
  }

  private show(fresh: boolean): void {
    const { view, query } = this.wanted;
    this.shownAt = Date.now();
    this.page.dataset["view"] = view;
    fill(this.tabs, ...this.views.map((one) => this.tab(one)));
    this.filters.element.hidden = view === "today";
    if (view !== "list") this.bulk.show([]);
    if (view === "today") this.totals.textContent = "";
    const element = { today: this.console.element, list: this.list.element, map: this.mapPlace, board: this.board.element }[view];
    if (this.place.firstElementChild !== element) fill(this.place, element);
    if (view === "today") void this.console.show(query.unit ?? "");
    else if (view === "list") void this.list.show(query);
    else if (view === "board") void this.board.show(query);
    else void this.showMap(query, fresh).catch(tellError);
    this.markOpen();
  }

  // The map's code is only fetched by those who look at the map; a map taken off the page is made anew.
  private async showMap(query: Query, fresh: boolean): Promise<void> {
    if (!this.map && !this.mapAsked) {
      this.mapAsked = true;
      const { issueMap } = await import("./mapview");
      this.mapAsked = false;
      if (this.wanted.view !== "map") return;
      this.map = issueMap(this.mapPlace, { info: this.info, open: (id) => this.open(id), totals: (total, late) => this.tellTotals(total, late), left: () => (this.map = null) });
      this.map?.mark(this.wanted.id);
    }
    await this.map?.show(query, fresh);
  }

  private tab(view: View): HTMLElement {
    const on = view === this.wanted.view;
    return h("button", { type: "button", "aria-pressed": String(on), onclick: () => !on && this.look({ view }) }, icon(ICONS[view]), h("span", {}, w(`view.${view}`)));
  }

  private tellTotals(total: number, late: number): void {
    const clear = countFilters(this.wanted.query) > 0 ? h("button", { type: "button", class: "link", onclick: () => this.look({ query: {} }, true) }, w("desk.clear")) : null;
    fill(this.totals, h("strong", {}, w("desk.total", { n: whole(total) })), late > 0 ? h("span", { class: "chip bad" }, icon("warn"), w("desk.late", { n: whole(late) })) : null, clear);
  }

  private empty(filtered: boolean): HTMLElement {
    if (filtered) return h("div", { class: "empty-list" }, h("p", {}, w("empty.filtered")), h("button", { type: "button", class: "button", onclick: () => this.look({ query: {} }, true) }, w("desk.clear")));
    return h("div", { class: "empty-list" }, h("h2", {}, w("empty.title")), h("p", {}, w("empty.text")), may("report") && may("see") ? h("button", { type: "button", class: "button", onclick: () => this.intake(true) }, icon("plus"), w("desk.add")) : null);
  }

  private open(id: string): void {
    const before = this.wanted.id;
    this.wanted = { ...this.wanted, id, intake: false };
    // On a phone the issue is a page of its own, from which one goes back.
    this.address(!before && id !== "");
    this.showSide(true);
    if (!id && before) this.place.querySelector<HTMLElement>(`[data-id="${CSS.escape(before)}"] button, button[data-id="${CSS.escape(before)}"]`)?.focus();
  }

  private intake(on: boolean): void {
    this.wanted = { ...this.wanted, id: "", intake: on };
    this.address(on);
    this.showSide(true);
  }

  private showSide(focus: boolean): void {
    const { id, intake } = this.wanted;
    const on = intake || id !== "";
    this.side.hidden = !on;
    this.page.classList.toggle("open", on);
    this.markOpen();
    if (intake) {
      this.card.leave();
      fill(this.side, intakePanel({ info: this.info, known: this.known, taken: (issue) => this.taken(issue.id), open: (one) => this.open(one), close: () => this.intake(false) }));
      if (focus) this.side.querySelector<HTMLElement>("h2")?.focus();
      return;
    }
    if (!id) return fill(this.side), this.card.leave();
    if (this.side.firstElementChild !== this.card.element) fill(this.side, this.card.element);
    void this.card.open(id, focus).catch(tellError);
  }

  private taken(id: string): void {
    this.refresh();
    this.open(id);
  }

  private markOpen(): void {
    const { id } = this.wanted;
    this.list.mark(id);
    this.board.mark(id);
    this.console.mark(id);
    this.map?.mark(id);
  }
}
