// Whom to call: from a home, a unit or a place its 邻长, 组长, 片长 and village, vacant posts marked, with call buttons.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { p } from "../i18n/people";
import { may } from "../pagedata";
import type { ChainStep, ContactChain, Holder } from "../posts/wire";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { telling } from "../ui/toast";

/** Whose chain is asked for. */
export type Spot = { household: string } | { unit: string };

const WITH_CHIEF = new Set(["pian", "zu", "lin"]);

/** Give the section; it fills once the server has answered, and stays away where nobody is to be called. */
export function contactsSection(spot: Spot): HTMLElement {
  const place = h("section", { class: "contacts", hidden: true });
  const show = (chain: ContactChain) => {
    const steps = chain.steps.filter(({ level, team }) => WITH_CHIEF.has(level) || (level === "village" && team.length > 0));
    place.hidden = steps.length === 0;
    const call = async () => {
      const full = await openNumbers(spot);
      if (full) show(full);
    };
    fill(place, h("h3", {}, p("chain.title")), standIn(chain), h("ol", { class: "contact-steps" }, ...steps.map((step) => stepRow(step, chain.masked ? call : null))), postsLink(chain));
  };
  // A home outside every unit has no chain, and says so by itself.
  ask<ContactChain>(`/api/contacts${query(spot)}`).then(show, () => undefined);
  return place;
}

async function openNumbers(spot: Spot): Promise<ContactChain | null> {
  const reason = await question({
    title: p("chain.call_title"),
    text: p("officer.unmask_text"),
    confirm: p("chain.show_numbers"),
    reason: { label: p("officer.unmask_reason"), least: 2 },
  });
  if (reason === null) return null;
  return (await telling(() => ask<ContactChain>("/api/contacts/call", { method: "POST", body: { ...spot, reason } }))) ?? null;
}

function standIn({ answering, steps }: ContactChain): HTMLElement | null {
  if (!answering?.stands_in) return null;
  const first = steps.find(({ level }) => WITH_CHIEF.has(level));
  const who = answering.holder?.officer.name ?? answering.unit?.name ?? "";
  return h("p", { class: "small note" }, p("chain.stands_in", { title: first?.title ?? "", who }));
}

function stepRow({ unit, level, title, chief, vacant, team }: ChainStep, call: (() => Promise<void>) | null): HTMLElement {
  const people = [...chief, ...(level === "village" ? team : [])];
  const open = vacant ? h("span", {}, h("span", { class: "vacant" }, p("vacant")), " ", appointLink(unit.id)) : null;
  return h(
    "li",
    {},
    h("span", { class: "contact-title" }, WITH_CHIEF.has(level) ? title : p("chain.village")),
    h("div", { class: "contact-people" }, ...people.map((one) => personRow(one, "title" in one ? String(one.title) : "", call)), open),
  );
}

function appointLink(id: string): HTMLElement | null {
  return may("appoint") ? h("a", { href: `/posts?unit=${encodeURIComponent(id)}` }, p("chain.appoint")) : null;
}

function personRow({ officer, acting }: Holder, role: string, call: (() => Promise<void>) | null): HTMLElement {
  const { name, phone } = officer;
  return h(
    "div",
    { class: "contact-person" },
    h("span", {}, h("strong", {}, name), acting ? `（${p("acting")}）` : null, role ? h("span", { class: "muted small" }, ` ${role}`) : null, " ", h("span", { class: "contact-phone" }, phone)),
    phone ? callButton(name, phone, call) : null,
  );
}

function callButton(name: string, phone: string, call: (() => Promise<void>) | null): HTMLElement | null {
  const look = { class: "button call", "aria-label": p("call.to", { name }) };
  if (!call) return h("a", { ...look, href: `tel:${phone.replace(/[^+\d]/g, "")}` }, icon("phone"), p("call"));
  if (!may("unmask")) return null;
  return h("button", { ...look, type: "button", onclick: () => void call() }, icon("phone"), p("call"));
}

function postsLink({ steps }: ContactChain): HTMLElement | null {
  const [first] = steps;
  return first ? h("p", { class: "small" }, h("a", { href: `/posts?unit=${encodeURIComponent(first.unit.id)}` }, t("card.posts"))) : null;
}
