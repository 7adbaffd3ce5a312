// A person's card: numbers masked as they come, tags, vetting, training, the home on a small map, posts now and before.
import { t } from "../i18n/index";
import { p, sayPeople, title } from "../i18n/people";
import { may } from "../pagedata";
import { h } from "../ui/dom";
import { day } from "../ui/format";
import { icon } from "../ui/icons";
import { tell } from "../ui/toast";
import type { MapInfo } from "../wire";
import { accountSection } from "./account";
import { endPost, retire, takeBack, unmask } from "./acts";
import { officerForm } from "./form";
import { handoverLine, termLine } from "./record";
import { homeMap } from "./smallmap";
import type { Officer, OfficerCard, PostHeld } from "./wire";

export interface CardActs {
  /** Show a card that the server has just answered with. */
  show: (fresh: OfficerCard) => void;
  /** Something changed that the list shows as well. */
  changed: () => void;
  /** Something changed that the card does not show yet. */
  again: () => void;
}

/** Give a person's card. */
export function officerCard(officer: OfficerCard, info: MapInfo, acts: CardActs): HTMLElement {
  const past = officer.history.filter(({ to }) => to !== null);
  return h(
    "article",
    { class: "panel officer card" },
    h("header", {}, h("h2", { tabindex: -1 }, officer.name, " ", ...chips(officer)), h("p", { class: "code" }, officer.code)),
    facts(officer),
    numbersNote(officer, acts),
    officer.place ? homeMap(info, officer.place) : null,
    h("section", {}, h("h3", {}, p("officer.now")), postsNow(officer, acts)),
    actions(officer, acts),
    officer.merged_into ? null : accountSection(officer, acts.again),
    past.length > 0 ? h("section", {}, h("h3", {}, p("officer.past")), h("ol", { class: "history" }, ...past.map((term) => termLine(term, "unit")))) : null,
    officer.handovers.length > 0
      ? h("section", {}, h("h3", {}, p("officer.handovers")), h("ol", { class: "history" }, ...officer.handovers.map(handoverLine)))
      : null,
  );
}

/** Give the chips of a person: party member, tags, away, retired. */
export function chips({ party, tags, away, retired }: Pick<Officer, "party" | "tags" | "away" | "retired">): HTMLElement[] {
  const chip = (words: string, look = "") => h("span", { class: `chip ${look}` }, words);
  return [
    ...(retired ? [chip(p("people.retired"), "warn")] : []),
    ...(away ? [chip(p("people.away"), "warn")] : []),
    ...(party ? [chip(p("people.party"), "good")] : []),
    ...tags.map((tag) => chip(tag)),
  ];
}

/** Give the state of the vetting as a chip. */
export function vettingChip({ vetting }: Pick<Officer, "vetting">): HTMLElement {
  const look = { passed: "good", none: "warn", failed: "bad" }[vetting];
  return h("span", { class: `chip ${look}` }, sayPeople("vetting", vetting));
}

function fact(term: string, ...told: (Node | string | null)[]): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, ...told));
}

function facts(officer: OfficerCard): HTMLElement {
  const vetted = [officer.vetted_on && day(officer.vetted_on), officer.vetted_by].filter(Boolean).join(" · ");
  return h(
    "dl",
    { class: "facts" },
    fact(p("officer.phone"), ...phone(officer)),
    fact(p("officer.id_no"), officer.id_no || "—"),
    fact(p("officer.village"), officer.village?.name ?? (officer.village_text || "—")),
    fact(p("officer.home"), home(officer)),
    fact(p("officer.vetting"), vettingChip(officer), vetted ? ` ${vetted}` : ""),
    fact(p("officer.training"), trainingWords(officer)),
  );
}

function phone({ phone: told, masked, name }: OfficerCard): (Node | string)[] {
  if (!told) return ["—"];
  if (masked) return [told];
  return [told, " ", h("a", { class: "button call", href: `tel:${told.replace(/[^+\d]/g, "")}`, "aria-label": p("call.to", { name }) }, icon("phone"), p("call"))];
}

function home({ household, place }: OfficerCard): Node | string {
  if (household) return place ? h("a", { href: `/map#17.50/${place[1].toFixed(5)}/${place[0].toFixed(5)}/h-${household.id}` }, household.code) : household.code;
  return place ? `${place[0].toFixed(5)}, ${place[1].toFixed(5)}` : h("span", { class: "bad-words" }, p("officer.no_home"));
}

function trainingWords({ training_due, training_done }: OfficerCard): string {
  if (training_done) return p("officer.training_ok", { day: day(training_done) });
  if (!training_due) return "—";
  const late = training_due < new Date().toISOString().slice(0, 10);
  return p(late ? "officer.training_late" : "officer.training_wait", { day: day(training_due) });
}

function numbersNote(officer: OfficerCard, { show }: CardActs): HTMLElement | null {
  if (!officer.masked) return h("p", { class: "muted small" }, p("officer.unmasked"));
  if (!officer.may_unmask || !(officer.phone || officer.has_id_no)) return h("p", { class: "muted small" }, p("officer.masked"));
  const look = async () => {
    const fresh = await unmask(officer);
    if (fresh) show(fresh);
  };
  return h("p", {}, h("button", { type: "button", class: "button", onclick: look }, icon("eye"), p("officer.unmask")));
}

function postsNow(officer: OfficerCard, acts: CardActs): HTMLElement {
  if (officer.posts.length === 0) return h("p", { class: "muted" }, p("officer.no_post"));
  return h("ul", { class: "posts-now" }, ...officer.posts.map((post) => postRow(officer, post, acts)));
}

function postRow(officer: OfficerCard, post: PostHeld, { again }: CardActs): HTMLElement {
  const { unit, level, since } = post;
  const end = h("button", { type: "button", class: "link" }, p("posts.end"));
  end.addEventListener("click", async () => {
    if (await endPost(officer, post)) again();
  });
  return h(
    "li",
    { class: "row" },
    h("strong", {}, title(level, post.post)),
    unit ? h("a", { href: `/posts?unit=${encodeURIComponent(unit.id)}` }, unit.name) : null,
    h("span", { class: "muted small" }, p("officer.since", { day: day(since) })),
    may("appoint") ? end : null,
  );
}

function actions(officer: OfficerCard, acts: CardActs): HTMLElement | null {
  if (officer.merged_into) return h("p", { class: "muted" }, p("officer.merged_into"));
  if (!officer.may_change) return null;
  const after = (work: () => Promise<OfficerCard | null>) => async () => {
    const fresh = await work();
    if (!fresh) return;
    acts.show(fresh);
    acts.changed();
  };
  const change = async () => {
    const fresh = await officerForm(officer);
    if (fresh) tell(p("officer.saved", { name: fresh.name }));
    return fresh;
  };
  const button = (words: string, work: () => Promise<OfficerCard | null>, look = "") =>
    h("button", { type: "button", class: `button ${look}`, onclick: after(work) }, words);
  return h(
    "div",
    { class: "row", "aria-label": t("col.actions"), role: "group" },
    button(p("officer.change"), change),
    officer.retired ? button(p("officer.return"), () => takeBack(officer)) : button(p("officer.retire"), () => retire(officer)),
  );
}
