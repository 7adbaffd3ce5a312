// The card of what is chosen: one unit with its count against the rule and what can be done to it, or several to merge.
import { d, sayDraw } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { levelWord } from "../../panel/levelword";
import { problemRow } from "../../panel/problems";
import { ruleBar } from "../../panel/rulebar";
import { fill, h } from "../../ui/dom";
import { area, whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { unitName } from "../content";
import { buildings } from "./stackgroups";
import { mendable, named, problemUnit } from "./problems";
import { redraftOffer, showRepairs } from "./repairs";
import { showStack } from "./stack";
import type { Session } from "./stage";
import { mergeOffer, parentOffer, renumberOffer } from "./unitacts";
import { severalCard } from "./several";
import { actTelling } from "./undotoast";
import type { DrawUnit } from "../../wire";

/** Keeps the right side in step with what is chosen. */
export class UnitPanel {
  // Proposals and floors stay open over the edits that they make; choosing something else closes them.
  private sub: { unit: string; show: (unit: DrawUnit) => void } | null = null;

  constructor(
    private readonly place: HTMLElement,
    private readonly session: Session,
  ) {}

  /** Draw the card of what is chosen now. */
  show(): void {
    const { selected, units } = this.session;
    const chosen = selected.map((id) => units.get(id)).filter((unit) => unit !== undefined);
    const [first] = chosen;
    this.place.hidden = !first;
    if (!first) {
      this.sub = null;
      return fill(this.place);
    }
    if (chosen.length > 1) return this.frame(severalCard(this.session, chosen));
    if (this.sub?.unit === first.id) return;
    this.sub = null;
    this.frame(this.card(first));
  }

  /** The content has changed: what is open is drawn again, unless somebody is writing in it. */
  refresh(): void {
    const writing = this.place.contains(document.activeElement) && document.activeElement?.matches("input, select");
    if (this.sub) {
      const unit = this.session.units.get(this.sub.unit);
      if (unit) return this.sub.show(unit);
      this.sub = null;
    }
    if (!writing) this.show();
  }

  /** Open the proposals for a 邻. */
  mend(unitId: string): void {
    const unit = this.session.units.get(unitId);
    if (!unit) return;
    this.session.setTool("select");
    this.session.select([unitId]);
    this.openSub(unit, (body, fresh) => void showRepairs(body, this.session, fresh, () => this.closeSub()), false);
  }

  /** Open the floors of the buildings that hold these homes. */
  floors(unit: DrawUnit, homeIds?: readonly string[]): void {
    this.openSub(unit, (body, fresh) => showStack(body, this.session, fresh, homeIds, () => this.closeSub()), true);
  }

  private openSub(unit: DrawUnit, draw: (body: HTMLElement, unit: DrawUnit) => void, again: boolean): void {
    const body = h("div");
    this.place.hidden = false;
    this.frame(body);
    this.sub = { unit: unit.id, show: (fresh) => again && draw(body, fresh) };
    draw(body, unit);
  }

  private closeSub(): void {
    this.sub = null;
    this.show();
    this.place.querySelector<HTMLElement>("h2")?.focus();
  }

  private frame(body: HTMLElement): void {
    const words = t("close");
    const close = h("button", { type: "button", class: "quiet card-close", "aria-label": words, title: words }, icon("close"));
    close.addEventListener("click", () => this.session.select([]));
    fill(this.place, h("div", { class: "sheet-grip", "aria-hidden": "true" }), close, h("div", { class: "card-body draw-card" }, body));
  }

  private card(unit: DrawUnit): HTMLElement {
    const { session } = this;
    return h(
      "article",
      { class: "card" },
      this.chain(unit),
      h("header", {}, this.heading(unit), h("p", { class: "code" }, unit.code)),
      this.counts(unit),
      this.problems(unit),
      session.mayEdit ? this.acts(unit) : null,
    );
  }

  private chain(unit: DrawUnit): HTMLElement | null {
    const links: HTMLElement[] = [];
    for (let up = this.parent(unit); up; up = this.parent(up)) {
      const { id } = up;
      links.unshift(h("li", {}, h("button", { type: "button", class: "link", onclick: () => this.session.select([id]) }, unitName(up))));
    }
    return links.length > 0 ? h("nav", { class: "chain", "aria-label": t("card.chain") }, h("ol", {}, ...links)) : null;
  }

  private parent({ parent_id }: DrawUnit): DrawUnit | undefined {
    return parent_id ? this.session.units.get(parent_id) : undefined;
  }

  private heading(unit: DrawUnit): HTMLElement {
    const word = levelWord(unit.name, this.session.info.levels[unit.level]);
    const title = h(
      "h2",
      { tabindex: -1 },
      unitName(unit),
      " ",
      word ? h("span", { class: "chip" }, word) : null,
      unit.locked ? h("span", { class: "chip" }, d("unit.locked")) : null,
    );
    if (!this.session.mayEdit || unit.level === "village") return title;
    const words = d("unit.rename");
    const pen = h("button", { type: "button", class: "quiet", "aria-label": words, title: words }, icon("pen"));
    const line = h("div", { class: "name-line" }, title, pen);
    pen.addEventListener("click", () => line.replaceWith(renameForm(this.session, unit, () => this.show())));
    return line;
  }

  private counts(unit: DrawUnit): HTMLElement {
    const { rule, levels } = this.session.info;
    const below = this.session.content.children(unit.id);
    const bar =
      unit.level === "lin"
        ? ruleBar(unit.homes, { low: rule.lin_homes_min, high: rule.lin_homes_max }, t("count.homes"))
        : unit.level === "pian"
          ? ruleBar(below.length, { low: rule.pian_zu_min, high: rule.pian_zu_max }, t("count.units", { level: levels.zu }))
          : null;
    const child = this.session.units.get(below[0] ?? "");
    return h(
      "section",
      { class: "facts" },
      bar,
      h(
        "dl",
        {},
        unit.level === "lin" ? null : fact(t("card.homes"), t("n_homes", { n: whole(unit.homes) })),
        child ? fact(t("card.children", { level: levels[child.level] }), whole(below.length)) : null,
        unit.area_m2 > 0 ? fact(t("card.area"), area(unit.area_m2)) : null,
        unit.kind && unit.level === "zu" ? fact(t("card.kind"), kindChoice(this.session, unit)) : null,
      ),
    );
  }

  private problems(unit: DrawUnit): HTMLElement {
    const { session } = this;
    const own = session.problems.filter((one) => problemUnit(one) === unit.id);
    if (own.length === 0) return h("p", { class: "all-well" }, icon("check"), t("card.no_problems"));
    const rows = own.map((one) => problemRow(named(session, one), () => one.place && this.session.flyTo(one.place)));
    const mend = unit.level === "lin" && own.some(mendable) && this.session.mayEdit;
    const button = () => h("button", { type: "button", class: "button", onclick: () => this.mend(unit.id) }, icon("check"), d("problems.mend"));
    return h("section", {}, h("h3", {}, t("card.problems", { n: whole(own.length) })), h("ol", { class: "problem-list" }, ...rows), mend ? button() : null);
  }

  private acts(unit: DrawUnit): HTMLElement {
    const { session } = this;
    const stacked = unit.level === "lin" || unit.level === "zu" ? buildings(session.content.homesOf(unit.id)) : [];
    const floors = () => this.floors(unit);
    return h(
      "section",
      { class: "acts" },
      h(
        "div",
        { class: "row" },
        unit.level === "village" ? null : lockButton(session, unit),
        stacked.length > 0 ? h("button", { type: "button", class: "button", onclick: floors }, icon("home"), d("stack.open", { n: stacked.length })) : null,
      ),
      mergeOffer(session, unit),
      parentOffer(session, unit),
      renumberOffer(session, unit),
      unit.level === "lin" ? null : redraftOffer(session, unit),
    );
  }
}

function fact(term: string, told: string | HTMLElement): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, told));
}

function lockButton(session: Session, unit: DrawUnit): HTMLElement {
  const words = d(unit.locked ? "unit.unlock" : "unit.lock");
  const button = h("button", { type: "button", class: "button", "aria-pressed": String(unit.locked), title: d("unit.lock_long") }, icon(unit.locked ? "unlock" : "lock"), words);
  button.addEventListener("click", () => void actTelling(session, "lock", { unit_id: unit.id, locked: !unit.locked }));
  return button;
}

function kindChoice(session: Session, unit: DrawUnit): HTMLElement {
  const kinds = [...new Set(["group", "compound", unit.kind])];
  if (!session.mayEdit) return h("span", {}, sayDraw("kind", unit.kind));
  const choice = h(
    "select",
    { "aria-label": t("card.kind") },
    ...kinds.map((kind) => h("option", { value: kind, selected: kind === unit.kind }, sayDraw("kind", kind))),
  );
  choice.addEventListener("change", async () => {
    const done = await actTelling(session, "kind", { unit_id: unit.id, kind: choice.value });
    if (!done) choice.value = unit.kind;
  });
  return choice;
}

function renameForm(session: Session, unit: DrawUnit, left: () => void): HTMLElement {
  const input = h("input", { type: "text", value: unit.name, maxlength: 60, required: true, "aria-label": d("unit.name") });
  const form = h("form", { class: "name-line" }, input, h("button", { type: "submit", class: "button" }, t("save")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (name === "" || name === unit.name) return left();
    input.blur();
    const done = await actTelling(session, "rename", { unit_id: unit.id, name });
    if (!done) input.focus();
    else left();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    left();
  });
  requestAnimationFrame(() => input.select());
  return form;
}
