// The drawer from the right: one unit with its sentence, chiefs, trend and issues, and the ways down, up and on.
import { ask } from "../api";
import { b } from "../i18n/board";
import { title } from "../i18n/people";
import type { UnitRecord } from "../posts/wire";
import { fill, h } from "../ui/dom";
import { day, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import { may } from "../pagedata";
import type { Level } from "../wire";
import { figureTable, valueWords } from "./figures";
import { trendPicture } from "./trend";
import { type Asked, askPath } from "./wanted";
import type { Figures, UnitTold } from "./wire";
import { reviewPart } from "./review";

export interface DrawerWish {
  close: () => void;
  open: (id: string) => void;
  /** Look inside a unit, at a level. */
  into: (unit: string, level: string) => void;
  arrived: (told: UnitTold) => void;
}

/** The drawer. */
export class Drawer {
  readonly element = h("aside", { class: "board-drawer", "aria-label": b("drawer.label"), hidden: true });
  private readonly body = h("div", { class: "drawer-body" });
  private asked = 0;

  constructor(private readonly wish: DrawerWish) {
    const close = h("button", { type: "button", class: "quiet drawer-close", "aria-label": b("drawer.close"), onclick: () => wish.close() }, icon("close"));
    this.element.append(close, this.body);
    this.element.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") wish.close();
    });
  }

  /** Close it. */
  shut(): void {
    this.asked += 1;
    this.element.hidden = true;
  }

  /** Show all figures with their formulas, then the index and the hard cases. */
  async figures(asked: Asked): Promise<void> {
    const mine = this.begin();
    try {
      const told = await ask<Figures>(askPath("figures", asked));
      if (mine !== this.asked) return;
      fill(this.body, figureTable(told), await reviewPart(told.unit));
    } catch (error) {
      tellError(error);
    }
  }

  /** Show a unit. */
  async unit(id: string, asked: Asked): Promise<void> {
    const mine = this.begin();
    try {
      const told = await ask<UnitTold>(askPath(`units/${encodeURIComponent(id)}`, asked));
      if (mine !== this.asked) return;
      fill(this.body, ...this.parts(told));
      this.wish.arrived(told);
      await this.chiefs(told);
    } catch (error) {
      this.shut();
      tellError(error);
    }
  }

  private begin(): number {
    this.element.hidden = false;
    this.asked += 1;
    fill(this.body, h("p", { class: "muted" }, "…"));
    return this.asked;
  }

  private parts(told: UnitTold): HTMLElement[] {
    const { unit, chain, next_level, issues, sentence } = told;
    const up = chain[chain.length - 2];
    const crumbs = chain.slice(0, -1).map(({ id, name }) => h("button", { type: "button", class: "link", onclick: () => this.wish.open(id) }, name));
    const acts = [
      next_level ? h("button", { type: "button", class: "button primary", onclick: () => this.wish.into(unit.id, next_level) }, b("drawer.zoom")) : null,
      up ? h("button", { type: "button", class: "button", onclick: () => this.wish.into(up.level === "county" ? "" : up.id, unit.level) }, b("drawer.up", { name: up.name })) : null,
      may("appoint") ? h("a", { class: "button", href: `/posts?unit=${encodeURIComponent(unit.id)}` }, icon("people"), b("drawer.post")) : null,
    ];
    return [
      h("nav", { class: "drawer-chain small" }, ...crumbs),
      h("h2", {}, unit.name, h("span", { class: "muted small" }, b("drawer.homes", { n: whole(unit.homes) }))),
      h("p", { class: told.hot?.hot ? "drawer-sentence hot" : "drawer-sentence" }, sentence),
      h("div", { class: "drawer-acts" }, ...acts),
      unitFigures(told.summary),
      h("section", {}, h("h3", {}, b("drawer.trend")), trendPicture(told.trend)),
      h("section", { class: "drawer-chiefs" }),
      this.issues(unit.id, issues),
    ];
  }

  private issues(unit: string, { items, total }: UnitTold["issues"]): HTMLElement {
    const rows = items.map((one) =>
      h("li", {}, h("a", { href: `/issues?view=list&id=${encodeURIComponent(one.id)}&unit=${encodeURIComponent(unit)}` }, h("strong", {}, one.category.name), one.late ? h("span", { class: "chip bad" }, "!") : null, h("span", { class: "muted small" }, ` ${day(one.at)}`), h("span", { class: "drawer-text small" }, one.text))),
    );
    const all = total > items.length ? h("a", { class: "button", href: `/issues?view=list&unit=${encodeURIComponent(unit)}&state=waiting,in_hand` }, b("drawer.issues_all")) : null;
    return h("section", {}, h("h3", {}, b("drawer.issues", { n: whole(total) }), h("span", { class: "muted small" }, ` ${b("drawer.issues_now")}`)), total === 0 ? h("p", { class: "muted" }, b("drawer.no_issues")) : h("ul", { class: "drawer-issues" }, ...rows), all);
  }

  private async chiefs({ unit }: UnitTold): Promise<void> {
    const place = this.body.querySelector<HTMLElement>(".drawer-chiefs");
    if (!place || !may("see") || !["pian", "zu", "lin"].includes(unit.level)) return;
    const told = await ask<UnitRecord>(`/api/units/${encodeURIComponent(unit.id)}/posts`);
    const rows = told.posts.filter(({ post }) => post === "chief").map(({ level, holders }) => h("li", {}, h("span", { class: "muted" }, `${title(level as Level, "chief")} `), h("strong", {}, holders.map(({ officer }) => officer.name).join("、") || b("drawer.vacant"))));
    fill(place, h("h3", {}, b("drawer.chiefs")), rows.length > 0 ? h("ul", {}, ...rows) : h("p", { class: "muted" }, b("drawer.no_posts")));
  }
}

function unitFigures(told: Figures): HTMLElement {
  const defined = told.defined ?? {};
  const rows = told.row.slice(0, 4).map((name) => {
    const [one, what] = [told.figures[name], defined[name]];
    return one && what ? h("div", {}, h("dt", { class: "muted small" }, what.title), h("dd", {}, valueWords(one, what))) : null;
  });
  return h("dl", { class: "drawer-figures" }, ...rows);
}
