// The card of what is chosen: it greets at once with the name, then fills with what the server says.
import { ask } from "../api";
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { sentence } from "../api";
import type { HomeCard, UnitCard, Violation } from "../wire";
import type { Choice, Selection } from "./selection";
import { homeCard } from "./homecard";
import { unitCard } from "./unitcard";

export interface CardWish {
  place: HTMLElement;
  selection: Selection;
  levels: Record<string, string>;
  /** The deepest level to which homes belong, told where a unit's card arrives. */
  arrived: (card: UnitCard | HomeCard, choice: Choice) => void;
  fly: (violation: Violation) => void;
}

/** Keep the card in step with the selection. */
export function wireCard(wish: CardWish): void {
  const { place, selection } = wish;
  let asked = 0;
  selection.listen((choice) => {
    asked += 1;
    const mine = asked;
    place.hidden = choice === null;
    if (!choice) return;
    show(place, selection, waiting(choice));
    fetchCard(choice).then(
      (card) => {
        if (mine !== asked) return;
        show(place, selection, isHome(card) ? homeCard(card, wish) : unitCard(card, wish));
        wish.arrived(card, choice);
      },
      (error: unknown) => {
        if (mine === asked) show(place, selection, h("p", { class: "form-error", role: "alert" }, sentence(error)));
      },
    );
  });
}

function fetchCard({ kind, id }: Choice): Promise<UnitCard | HomeCard> {
  const path = kind === "household" ? "households" : "units";
  return ask<UnitCard | HomeCard>(`/api/${path}/${encodeURIComponent(id)}`);
}

function isHome(card: UnitCard | HomeCard): card is HomeCard {
  return "masked" in card;
}

function waiting(choice: Choice): HTMLElement {
  return h(
    "div",
    { class: "card-wait", "aria-busy": "true" },
    h("h2", {}, choice.name ?? t("working")),
    h("div", { class: "bone" }),
    h("div", { class: "bone short" }),
    h("div", { class: "bone" }),
  );
}

function show(place: HTMLElement, selection: Selection, body: HTMLElement): void {
  const close = h("button", { type: "button", class: "quiet card-close", "aria-label": t("close"), title: t("close") }, icon("close"));
  close.addEventListener("click", () => selection.choose(null));
  fill(place, h("div", { class: "sheet-grip", "aria-hidden": "true" }), close, h("div", { class: "card-body" }, body));
}
