// The plans page: draft a unit, look at a plan on the map, prove it, publish it; the publications below, with undo.
import { ask } from "../api";
import { t } from "../i18n/index";
import { fetchMapInfo } from "../mapinfo";
import { type Begun, followJob } from "../jobs";
import { may, pageData } from "../pagedata";
import { makeSearch } from "../panel/search";
import { planCard } from "../plans/card";
import { planList } from "../plans/list";
import { publicationList } from "../plans/publications";
import { startShell } from "../shell";
import { fill, h, need } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tell, tellError, telling } from "../ui/toast";
import type { MapInfo, PlanCard, Unit, UnitCard } from "../wire";

startShell();

interface Target {
  id: string;
  name: string;
}

function start(info: MapInfo): void {
  const card = h("div", { class: "plan-place" });
  const open = async (id: string) => {
    history.replaceState(null, "", `#${id}`);
    fill(card, h("p", { class: "panel muted" }, t("working")));
    const plan = await telling(() => ask<PlanCard>(`/api/plans/${encodeURIComponent(id)}`));
    fill(card, plan ? planCard(plan, info, { changed: () => void refresh(id) }) : null);
    plans.mark(id);
  };
  const refresh = async (id?: string) => {
    await Promise.all([plans.reload(), publications.reload()]);
    if (id) await open(id);
  };
  const plans = planList((id) => void open(id));
  const publications = publicationList(() => void refresh(location.hash.slice(1) || undefined));
  const draft = may("draft") ? draftPanel(info, (id) => void refresh(id)) : null;
  need("#content").append(
    h(
      "div",
      { class: "plans-columns" },
      h("div", { class: "stack" }, draft, h("section", { class: "stack" }, h("h2", {}, t("plans.list")), plans.element)),
      card,
    ),
    h("section", { class: "page-section" }, h("h2", {}, t("plans.publications")), publications.element),
  );
  fill(card, h("p", { class: "panel plan-hint muted" }, t("plans.pick")));
  const asked = location.hash.slice(1);
  if (asked) void open(asked);
}

function draftPanel(info: MapInfo, drafted: (planId: string | undefined) => void): HTMLElement {
  let target: Target | null = null;
  const chosen = h("p", { class: "draft-target" });
  const place = h("div", { class: "job-place" });
  const button = h("button", { type: "button", class: "button primary", disabled: true }, icon("pen"), t("plans.draft"));
  const aim = (next: Target, unit?: Pick<Unit, "homes" | "level">) => {
    target = next;
    button.disabled = false;
    fill(
      chosen,
      h("strong", {}, next.name),
      unit ? ` · ${info.levels[unit.level]} · ${t("n_homes", { n: whole(unit.homes) })}` : null,
    );
  };
  const fetchTarget = (id: string) =>
    telling(async () => {
      const unit = await ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`);
      aim({ id, name: unit.name }, unit);
    });
  button.addEventListener("click", async () => {
    if (!target) return;
    button.disabled = true;
    const begun = await telling(() => ask<Begun>("/api/drafts", { method: "POST", body: { unit_id: target?.id } }));
    const job = begun ? await followJob(place, begun) : null;
    button.disabled = false;
    if (!job) return;
    const { plans, homes, lin, violations } = (job.result ?? {}) as Record<string, unknown>;
    tell(t("plans.drafted", { homes: whole(Number(homes ?? 0)), lin: whole(Number(lin ?? 0)), n: whole(Number(violations ?? 0)) }));
    drafted(Array.isArray(plans) ? String(plans[0]) : undefined);
  });
  const search = makeSearch(info.levels, ({ id, label }) => {
    aim({ id, name: label });
    void fetchTarget(id);
  }, "unit");
  const asked = new URLSearchParams(location.search).get("unit");
  if (asked) void fetchTarget(asked);
  return h(
    "section",
    { class: "panel stack", lang: pageData.lang === "zh" ? "zh-CN" : "en" },
    h("h2", {}, t("plans.new")),
    h("p", { class: "muted" }, t("plans.new_text")),
    search,
    chosen,
    button,
    place,
  );
}

fetchMapInfo().then(start, tellError);
