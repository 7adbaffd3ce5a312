// Choosing a person for a post: suggestions from the register while typing a name, nearest offers first.
import { ask } from "../api";
import { p, sayPeople } from "../i18n/people";
import { t } from "../i18n/index";
import type { Officer } from "../people/wire";
import { listPath } from "../people/wire";
import { fill, h } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { Page } from "../wire";

const WAIT_MS = 180;
const NOTHING_WANTED = { text: "", tag: "", vetting: "", party: false, away: false, idle: false, retired: false };
const MOST = 12;
let picks = 0;

export interface Offer {
  id: string;
  name: string;
  detail: string;
}

export interface PersonPick {
  element: HTMLElement;
  chosen: () => Offer | null;
}

/** Give the choice; `offers` stand there before anything is typed, `unit` is the ground that is searched. */
export function personPick(unit: string, offers: Offer[]): PersonPick {
  picks += 1;
  const name = `person-${picks}`;
  const input = h("input", { type: "search", placeholder: p("posts.person_hint"), "aria-label": p("posts.person"), maxlength: 50, autocomplete: "off" });
  const list = h("div", { class: "person-offers", role: "radiogroup", "aria-label": p("posts.person") });
  let chosen: Offer | null = null;
  let timer = 0;
  const choice = (offer: Offer) => {
    const radio = h("input", { type: "radio", name, checked: chosen?.id === offer.id });
    radio.addEventListener("change", () => (chosen = offer));
    return h("label", { class: "choice" }, radio, h("span", {}, offer.name, " ", h("span", { class: "muted small" }, offer.detail)));
  };
  const show = (found: Offer[]) => {
    const kept = chosen && !found.some(({ id }) => id === chosen?.id) ? [chosen] : [];
    fill(list, ...[...kept, ...found].map(choice), found.length === 0 && kept.length === 0 ? h("p", { class: "muted" }, p("people.none")) : null);
  };
  const seek = async () => {
    const text = input.value.trim();
    if (!text && offers.length > 0) return show(offers);
    try {
      const { items } = await ask<Page<Officer>>(`${withLimit(listPath({ ...NOTHING_WANTED, unit, text }))}`);
      show(items.map(asOffer));
    } catch (error) {
      tellError(error);
    }
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void seek(), WAIT_MS);
  });
  void seek();
  return { element: h("div", { class: "person-pick" }, input, list), chosen: () => chosen };
}

function withLimit(path: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}limit=${MOST}`;
}

function asOffer({ id, name, village, tags, party, away, vetting, posts }: Officer): Offer {
  const told = [village?.name, ...(party ? [p("people.party")] : []), ...tags, away ? p("people.away") : "", vetting === "failed" ? sayPeople("vetting", vetting) : ""];
  return { id, name, detail: [...told, ...posts.map(({ unit }) => unit?.name ?? "")].filter(Boolean).join(" · ") };
}

/** Make an offer of somebody, with how far they live where that is known. */
export function nearOffer(person: { id: string; name: string; tags: string[] }, far = ""): Offer {
  return { id: person.id, name: person.name, detail: [far, ...person.tags].filter(Boolean).join(" · ") || t("home") };
}
