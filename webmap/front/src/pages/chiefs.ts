// The chart of a village's chiefs, on the screen and on paper.
import { ask } from "../api";
import { chart, chartCounts } from "../chiefs/chart";
import { p } from "../i18n/people";
import { fetchMapInfo } from "../mapinfo";
import { makeSearch } from "../panel/search";
import { type VillageTree, unitPath } from "../posts/wire";
import { startShell } from "../shell";
import { fill, h, need } from "../ui/dom";
import { day } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError, telling } from "../ui/toast";
import type { MapInfo, UnitCard } from "../wire";

startShell();

function start(info: MapInfo): void {
  need("#place-name").textContent = info.county.name;
  const sheet = h("article", { class: "chart-sheet" }, h("p", { class: "muted" }, p("tree.pick")));
  const back = h("a", { class: "button", href: "/posts" }, p("tree.back"));
  const open = async (id: string) => {
    const place = encodeURIComponent(id);
    const found = await telling(() => Promise.all([ask<UnitCard>(`/api/units/${place}`), ask<VillageTree>(unitPath(id, "tree"))]));
    if (!found) return;
    const [unit, tree] = found;
    history.replaceState(null, "", `/chiefs?unit=${place}`);
    back.href = `/posts?unit=${place}`;
    document.title = p("tree.head", { name: unit.name });
    fill(sheet, ...sheetParts(unit, tree, info));
  };
  const print = h("button", { type: "button", class: "button primary", onclick: () => window.print() }, icon("print"), p("tree.print"));
  need("#content").append(
    h("div", { class: "row chart-bar" }, makeSearch(info.levels, ({ id }) => void open(id), "unit"), back, print),
    sheet,
  );
  const asked = new URLSearchParams(location.search).get("unit");
  if (asked) void open(asked);
}

function sheetParts(unit: UnitCard, tree: VillageTree, info: MapInfo): HTMLElement[] {
  const empty = tree.items.every(({ unit: { level } }) => level === "village");
  return [
    h(
      "header",
      {},
      h("h2", {}, p("tree.head", { name: unit.name }), info.synthetic ? h("span", { class: "badge synthetic" }, p("tree.synthetic")) : null),
      h("p", { class: "muted" }, chartCounts(tree), " · ", p("tree.at", { day: day(new Date().toISOString(), new Date(0)) })),
    ),
    empty ? h("p", { class: "muted" }, p("tree.none")) : chart(tree),
  ];
}

fetchMapInfo().then(start, tellError);
