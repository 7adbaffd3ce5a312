// The 片-组-邻 tree of a village with the holders of its posts: 片 as columns of cards, in them 组, in them 邻.
import { t } from "../i18n/index";
import { p, title } from "../i18n/people";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import type { Post, UnitPosts, VillageTree } from "../posts/wire";

/** Give the chart of a village. */
export function chart({ items }: VillageTree): HTMLElement {
  const below = new Map<string, UnitPosts[]>();
  for (const item of items) {
    const parent = item.unit.parent_id ?? "";
    below.set(parent, [...(below.get(parent) ?? []), item]);
  }
  const [top] = items;
  const team = top?.unit.level === "village" ? seats(top.posts) : null;
  const first = items.filter(({ unit }) => unit.level === "pian");
  // A village without 片 begins with its 组.
  const heads = first.length > 0 ? first : items.filter(({ unit }) => unit.level === "zu");
  return h("div", { class: "chart" }, team, ...heads.map((one) => branch(one, below)));
}

function branch(item: UnitPosts, below: Map<string, UnitPosts[]>): HTMLElement {
  const children = below.get(item.unit.id) ?? [];
  if (item.unit.level === "lin") return h("li", { class: "chart-lin" }, line(item));
  const inner = children.length > 0 ? h("ul", { class: `chart-list of-${children[0]?.unit.level ?? ""}` }, ...children.map((one) => (one.unit.level === "lin" ? branch(one, below) : h("li", {}, branch(one, below))))) : null;
  return h("section", { class: `chart-${item.unit.level}` }, line(item), seats(item.posts), inner);
}

function line({ unit, posts }: UnitPosts): HTMLElement {
  const chief = posts.find(({ post }) => post === "chief");
  const [holder] = chief?.holders ?? [];
  const name = holder ? h("strong", { class: "holder" }, holder.officer.name, holder.acting ? `（${p("acting")}）` : "") : h("strong", { class: "vacant" }, p("vacant"));
  return h(
    "div",
    { class: "chart-line", title: unit.code },
    h("span", { class: "chart-unit" }, unit.name),
    h("span", { class: "chart-title" }, title(unit.level, "chief")),
    name,
    holder?.officer.phone ? h("span", { class: "chart-phone" }, holder.officer.phone) : null,
    h("span", { class: "chart-homes" }, t("n_homes", { n: whole(unit.homes) })),
  );
}

function seats(posts: Post[]): HTMLElement | null {
  const team = posts.filter(({ post }) => post !== "chief");
  if (team.length === 0) return null;
  return h("p", { class: "chart-team small" }, ...team.flatMap((post, at) => [at > 0 ? "　" : "", h("span", { class: "muted" }, `${title(post.level, post.post)}：`), teamNames(post)]));
}

function teamNames({ holders, vacant }: Post): HTMLElement {
  const names = holders.map(({ officer }) => officer.name).join("、");
  const open = vacant > 0 ? h("span", { class: "vacant" }, ` ${p("vacant")} ${whole(vacant)}`) : null;
  return h("span", {}, names, open);
}

/** Say how many of each there are, and how many posts are vacant. */
export function chartCounts({ items, vacant }: VillageTree): string {
  const of = (level: string) => items.filter(({ unit }) => unit.level === level);
  const homes = of("village")[0]?.unit.homes ?? of("zu").reduce((sum, { unit }) => sum + unit.homes, 0);
  return p("tree.counts", { pian: whole(of("pian").length), zu: whole(of("zu").length), lin: whole(of("lin").length), homes: whole(homes), vacant: whole(vacant) });
}
