// The card of a home: masked as it comes; who may see more says why first, and that is written down.
import { ask } from "../api";
import { t } from "../i18n/index";
import { asOf } from "../map/asof";
import { question } from "../ui/dialog";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { telling } from "../ui/toast";
import type { HomeCard } from "../wire";
import type { CardWish } from "./card";
import { chainLine } from "./chain";
import { contactsSection } from "./contacts";
import { roomWords } from "./homes";

/** Give a home's card. */
export function homeCard(home: HomeCard, wish: CardWish): HTMLElement {
  const card = h("article", { class: "card" }, ...body(home, wish, (fresh) => card.replaceWith(homeCard(fresh, wish))));
  return card;
}

function body(home: HomeCard, wish: CardWish, replace: (fresh: HomeCard) => void): (HTMLElement | string)[] {
  const parts = [
    chainLine(home.chain, ({ id, name }) => wish.selection.choose({ kind: "unit", id, name, seek: true })),
    h("header", {}, h("h2", {}, home.head_name || t("home"), " ", h("span", { class: "chip" }, t("home"))), h("p", { class: "code" }, home.code)),
    home.priority ? h("p", { class: "priority-line" }, h("span", { class: "sample dot priority", "aria-hidden": "true" }), t("home.priority_long")) : null,
    h(
      "dl",
      { class: "facts" },
      fact(t("home.address"), home.address),
      fact(t("home.where"), roomWords(home)),
      fact(t("home.phone"), home.phone),
      fact(t("home.place"), `${home.lon.toFixed(5)}, ${home.lat.toFixed(5)}`),
    ),
    asOf() === null ? contactsSection({ household: home.id }) : null,
    home.masked ? maskedNote(home, replace) : h("p", { class: "muted small" }, t("home.unmasked")),
  ];
  return parts.filter((part) => part !== null);
}

function fact(term: string, told: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, told || "—"));
}

function maskedNote(home: HomeCard, replace: (fresh: HomeCard) => void): HTMLElement {
  if (!home.may_unmask) return h("p", { class: "muted small" }, t(asOf() === null ? "home.masked" : "asof.home"));
  const unmask = async () => {
    const reason = await question({
      title: t("unmask.title"),
      text: t("unmask.text"),
      confirm: t("unmask.confirm"),
      reason: { label: t("unmask.reason"), least: 2 },
    });
    if (reason === null) return;
    const path = `/api/households/${encodeURIComponent(home.id)}/unmask`;
    const fresh = await telling(() => ask<HomeCard>(path, { method: "POST", body: { reason } }));
    if (fresh) replace(fresh);
  };
  return h("p", {}, h("button", { type: "button", class: "button", onclick: unmask }, icon("eye"), t("home.unmask")));
}
