// How a redrawing begins: a village is chosen, then its net in force, a fresh draft or an earlier plan is opened.
import { ask } from "../../api";
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { wallButton } from "../../panel/wall";
import { may } from "../../pagedata";
import { makeSearch } from "../../panel/search";
import { Tree } from "../../panel/tree";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { telling } from "../../ui/toast";
import type { Level, MapInfo, PlanCard, UnitCard } from "../../wire";
import { draftPanel } from "./drafts";
import { earlierPlans } from "./earlier";
import type { Session } from "./stage";
import { showVillages } from "./villagemap";
import { newId } from "./wire";

/** Show in `place`, and on the map where nothing else is shown on it, how to choose a village; gives what ends that. */
export function showChooseVillage(place: HTMLElement, session: Session): () => void {
  const { info } = session;
  const told = h("p", { class: "form-error", role: "alert", hidden: true });
  const choose = (id: string, level: Level | "") => void openVillageOf(session, id, level, told);
  const search = makeSearch(info.levels, ({ id, level }) => choose(id, level), "unit");
  const tree = new Tree(info.levels, ({ id, level }) => choose(id, level));
  fill(
    place,
    h(
      "div",
      { class: "side-panel open-panel" },
      closeSide(place),
      h("h2", {}, d("open.title")),
      h("p", { class: "muted" }, d("open.lead", { village: info.levels.village })),
      steps(),
      info.empty ? h("p", { class: "note" }, d("open.no_homes"), " ", h("a", { href: "/import" }, t("empty.import"))) : search,
      told,
      tree.element,
    ),
  );
  void tree.begin();
  return session.unitId ? () => undefined : showVillages(session, (id) => choose(id, "village"));
}

// On a phone the side lies over the map.
function closeSide(place: HTMLElement): HTMLElement {
  const fold = () => place.classList.remove("open");
  return h("button", { type: "button", class: "quiet side-close", "aria-label": t("close"), onclick: fold }, icon("close"));
}

// The whole way in four words, so that nobody wonders what comes after.
function steps(): HTMLElement {
  const words = [d("open.step1"), d("open.step2"), d("open.step3"), d("open.step4")];
  return h("ol", { class: "open-steps" }, ...words.map((one) => h("li", {}, one)));
}

async function openVillageOf(session: Session, id: string, level: Level | "", told: HTMLElement): Promise<void> {
  told.hidden = true;
  if (level === "village") return session.openVillage(id);
  const card = await telling(() => ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`));
  if (!card) return;
  const village = card.level === "village" ? card : card.chain.find((link) => link.level === "village");
  if (village) return session.openVillage(village.id);
  told.textContent = d("open.too_big", { name: card.name, village: session.info.levels.village });
  told.hidden = false;
}

/**
 * Show in `place` how to begin on the village that is shown: where its net breaks a rule (`problems`), then from the net,
 * a fresh draft, or an earlier plan.
 */
export function showBeginnings(place: HTMLElement, session: Session, problems: HTMLElement): void {
  const { unitId, info } = session;
  if (!unitId) return;
  const village = session.content.village() ?? session.units.get(unitId);
  const other = h("button", { type: "button", class: "link", onclick: () => void showChooseVillage(place, session) }, d("open.other", { village: info.levels.village }));
  const way = (title: string, words: string, ...body: (HTMLElement | null)[]) => h("section", { class: "begin" }, h("h3", {}, title), h("p", { class: "muted small" }, words), ...body);
  fill(
    place,
    h(
      "div",
      { class: "side-panel open-panel" },
      closeSide(place),
      h("header", {}, h("h2", {}, village?.name ?? ""), countsLine(session, info), other, village ? wallButton({ id: unitId, name: village.name }) : null),
      session.problems.length > 0 ? h("section", { class: "begin net-problems" }, h("h3", {}, d("open.problems")), problems) : null,
      may("draft") ? null : h("p", { class: "note" }, d("open.may_not")),
      may("draft") ? way(d("open.from_net"), netWords(session), fromNet(session, unitId)) : null,
      may("draft") ? way(d("open.draft"), d("open.draft_text"), draftPanel(session, unitId)) : null,
      way(d("open.earlier"), d("open.earlier_text"), earlierPlans(session, unitId)),
    ),
  );
}

function countsLine({ counts }: Session, { levels }: MapInfo): HTMLElement {
  const words = [`${whole(counts.pian)} ${levels.pian}`, `${whole(counts.zu)} ${levels.zu}`, `${whole(counts.lin)} ${levels.lin}`];
  return h("p", { class: "muted" }, `${words.join(" ")} · ${t("n_homes", { n: whole(counts.homes) })}`);
}

function netWords({ counts, problems }: Session): string {
  if (counts.lin === 0) return d("open.no_net");
  return problems.length > 0 ? d("open.net_problems", { n: whole(problems.length) }) : d("open.net_well");
}

function fromNet(session: Session, unitId: string): HTMLElement {
  const button = h("button", { type: "button", class: "button primary", disabled: session.counts.lin === 0 }, icon("pen"), d("open.from_net_button"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    await begin(session, { unit_id: unitId, from: "net" });
    button.disabled = false;
  });
  return button;
}

/** Make a plan from the net or from another plan, and open it. */
export async function begin(session: Session, from: object): Promise<void> {
  const made = await telling(() => ask<PlanCard>("/api/plans", { method: "POST", body: { id: newId(), ...from } }));
  if (made) await session.reload(made.id);
}
