// The posts page: who holds what on the left, vacancies and proposals on the map, the choosing on the right.
import { t } from "../i18n/index";
import { p } from "../i18n/people";
import { syntheticBadge } from "../map/foot";
import { fetchMapInfo } from "../mapinfo";
import { makeSearch } from "../panel/search";
import { Tree } from "../panel/tree";
import { Marks } from "../posts/marks";
import { PostPanel } from "../posts/panel";
import { type PostMap, postMap } from "../posts/postmap";
import { type Along, CHIEF_LEVELS, type Mode } from "../posts/wire";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { Level, MapInfo, UnitCard } from "../wire";
import { ask } from "../api";

const narrow = window.matchMedia("(max-width: 760px)");

startShell();

function start(info: MapInfo): void {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  const said = new URLSearchParams(location.search);
  const side = need("#side");
  const marks = new Marks();
  const tree = new Tree(info.levels, ({ id }) => open(id), (unit) => marks.beside(unit));
  const close = h("button", { type: "button", class: "quiet side-close", "aria-label": t("close"), onclick: () => side.classList.remove("open") }, icon("close"));
  side.append(
    h("div", { class: "side-head" }, makeSearch(info.levels, ({ id }) => open(id), "unit"), close),
    h("div", { class: "side-panel" }, h("h2", { class: "reader" }, p("posts.tree")), tree.element),
  );
  need("#posts-open").append(icon("search"), p("posts.find"));
  need("#posts-open").addEventListener("click", () => side.classList.add("open"));

  let map: PostMap | null = null;
  const changed = (unit: UnitCard) => {
    const village = unit.level === "village" ? unit.id : unit.chain.find(({ level }) => level === "village")?.id;
    if (village) void marks.reload(village);
  };
  const address = (unit: string, level: Level, mode: Mode, along: Along) => {
    const search = new URLSearchParams({ unit, level, ...(mode === "total" ? {} : { mode }), ...(along === "roads" ? {} : { along }) });
    history.replaceState(null, "", `${location.pathname}?${search}`);
  };
  map = postMap(need("#map"), info, (id) => void villageOf(id).then(open, tellError));
  const level = said.get("level") as Level | null;
  const panel = new PostPanel(
    { info, map, changed, address },
    level && CHIEF_LEVELS.includes(level) ? level : null,
    said.get("mode") === "longest" ? "longest" : "total",
    said.get("along") === "straight" ? "straight" : "roads",
  );
  need("#posts-panel").append(panel.element);
  const open = (id: string) => {
    side.classList.remove("open");
    void panel.open(id).then(() => narrow.matches && need("#posts-panel").scrollIntoView({ block: "nearest" }));
    void ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`).then((unit) => tree.reveal([...unit.chain, unit], id), () => undefined);
  };
  void map?.vacancies.show("pian");
  void tree.begin().then(() => {
    const asked = said.get("unit");
    if (asked) open(asked);
  });
}

// From far away a click means the village; what lies below it is chosen in the tree.
async function villageOf(id: string): Promise<string> {
  const unit = await ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`);
  return unit.chain.find(({ level }) => level === "village")?.id ?? id;
}

function emptyNet(): HTMLElement {
  return h("div", { class: "empty-state", role: "status" }, h("h2", {}, p("posts.empty_title")), h("p", {}, p("posts.empty_text")), h("a", { class: "button primary", href: "/plans" }, icon("pen"), t("plans.draft")));
}

fetchMapInfo().then((info) => {
  start(info);
  if (info.counts.pian + info.counts.zu + info.counts.lin === 0) need(".stage").append(emptyNet());
}, tellError);
