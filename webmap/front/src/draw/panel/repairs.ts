// How a 邻 with too many or too few homes may be mended: proposals with their price, one click takes one.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { type Begun, followJob } from "../../jobs";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { tell, telling } from "../../ui/toast";
import { fullName } from "./names";
import { openPlan, ringHomes, type Session } from "./stage";
import { actTelling } from "./undotoast";
import type { DrawUnit } from "../../wire";
import { newId, planPath, type Repair, type Repairs } from "./wire";

/** Show the proposals for a 邻 in `place`; `left` is called when they are closed or one was taken. */
export async function showRepairs(place: HTMLElement, session: Session, unit: DrawUnit, left: () => void): Promise<void> {
  const close = () => {
    ringHomes(session, []);
    left();
  };
  const back = h("button", { type: "button", class: "link back-link", onclick: close }, icon("chevron"), d("back_to", { name: unit.name || unit.code }));
  const body = h("div", { class: "stack", "aria-live": "polite" }, h("p", { class: "muted", role: "status" }, d("repairs.working")));
  fill(place, h("article", { class: "card" }, back, h("header", {}, h("h2", { tabindex: -1 }, d("repairs.title", { name: fullName(session, unit) })), h("p", { class: "muted" }, d("repairs.lead"))), body));
  place.querySelector("h2")?.focus();
  const told = await telling(() => ask<Repairs>(planPath(session.plan.id, `/repairs${query({ unit: unit.id })}`)));
  if (!body.isConnected) return;
  if (!told) return fill(body, again(() => void showRepairs(place, session, unit, left)));
  fill(body, ...proposals(session, told, close), redraftAround(session, unit));
}

function again(retry: () => void): HTMLElement {
  return h("button", { type: "button", class: "button", onclick: retry }, d("try_again"));
}

function proposals(session: Session, { items, reason }: Repairs, close: () => void): HTMLElement[] {
  if (items.length === 0) return [h("p", { class: "note" }, reason ?? d("repairs.none"))];
  const cards = items.map((repair, index) => proposal(session, repair, index, close));
  return [h("ol", { class: "repair-list", "aria-label": d("repairs.list", { n: items.length }) }, ...cards)];
}

function proposal(session: Session, repair: Repair, index: number, close: () => void): HTMLElement {
  const homeIds = repair.moves.flatMap(({ home_ids }) => home_ids);
  const take = h(
    "button",
    { type: "button", class: index === 0 ? "button primary" : "button", disabled: !session.mayEdit },
    icon("check"),
    d("repairs.take"),
  );
  take.addEventListener("click", async () => {
    take.disabled = true;
    const done = await actTelling(session, "paint", { moves: repair.moves });
    take.disabled = false;
    if (done) close();
  });
  const card = h(
    "li",
    { class: "repair" },
    h("p", {}, repair.sentence),
    sizesLine(session, repair.sizes),
    h("div", { class: "row" }, take, repair.optimal ? h("span", { class: "chip good", title: d("repairs.optimal_long") }, d("repairs.optimal")) : null),
  );
  const ring = () => ringHomes(session, homeIds);
  const clear = () => ringHomes(session, []);
  card.addEventListener("pointerenter", ring);
  card.addEventListener("focusin", ring);
  card.addEventListener("pointerleave", clear);
  card.addEventListener("focusout", clear);
  return card;
}

function sizesLine(session: Session, sizes: Repair["sizes"]): HTMLElement {
  const row = ({ unit_id, name, before, after }: Repair["sizes"][number]) =>
    h(
      "li",
      {},
      h("span", { class: "size-name" }, session.units.has(unit_id) ? fullName(session, session.units.get(unit_id)) : name || d("repairs.new_lin")),
      h("span", { class: "size-change" }, h("span", { class: "reader" }, d("repairs.from")), whole(before), h("span", { "aria-hidden": "true" }, "→"), h("span", { class: "reader" }, d("repairs.to")), h("strong", {}, t("n_homes", { n: whole(after) }))),
    );
  return h("ul", { class: "sizes" }, ...sizes.map(row));
}

// Where no small step helps, the 组 around can be drafted anew.
function redraftAround(session: Session, unit: DrawUnit): HTMLElement | null {
  const parent = unit.parent_id ? session.units.get(unit.parent_id) : undefined;
  return parent ? redraftOffer(session, parent) : null;
}

/** Give the offer to draft a unit anew around what is locked in it. */
export function redraftOffer(session: Session, unit: DrawUnit): HTMLElement | null {
  if (!session.mayEdit) return null;
  const locked = session.content.leavesOf(unit.id).filter((id) => session.content.chain(id).some(({ locked: kept }) => kept));
  const place = h("div", { class: "job-place" });
  const button = h("button", { type: "button", class: "button" }, icon("pen"), d("redraft.button", { name: unit.name || unit.code }));
  button.addEventListener("click", async () => {
    button.disabled = true;
    await redraft(session, unit.id, place);
    button.disabled = false;
  });
  const words = locked.length > 0 ? d("redraft.locked", { n: whole(locked.length) }) : d("redraft.unlocked");
  return h("section", { class: "redraft" }, h("h3", {}, d("redraft.title")), h("p", { class: "muted small" }, words), button, place);
}

async function redraft(session: Session, unitId: string, place: HTMLElement): Promise<void> {
  const plan = openPlan(session);
    const { revision } = session;
  if (!plan) return;
  const body = { id: newId(), revision, unit_id: unitId, seed: revision };
  const begun = await telling(() => ask<Begun>(planPath(plan.id, "/redraft"), { method: "POST", body }));
  const job = begun ? await followJob(place, begun) : null;
  if (!job) return;
  fill(place);
  await session.reload();
  tell(d("redraft.done"), "info", { words: d("undo.short"), act: () => void session.undo() });
}
