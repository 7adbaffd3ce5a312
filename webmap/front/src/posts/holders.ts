// Who is in office at a level under a unit, a page at a time, each to be replaced or relieved.
import { ask, query } from "../api";
import { p, sayPeople, title } from "../i18n/people";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { day } from "../ui/format";
import { tellError } from "../ui/toast";
import type { Level, Page } from "../wire";
import { endAppointment } from "./ending";
import type { NameOf } from "./names";
import { namePost, recordElection } from "./naming";
import type { Holder, Post, PostUnit, UnitPosts } from "./wire";

const PAGE_SIZE = 50;

export interface HolderActs {
  ground: string;
  mayAppoint: boolean;
  elected: boolean;
  changed: () => void;
  nameOf: NameOf;
}

/** Give the list of a level's chiefs under a unit. */
export function holderList(unitId: string, level: Level, acts: HolderActs): HTMLElement {
  const list = h("ul", { class: "holders" });
  const foot = h("p", { class: "small" });
  let next: string | null = null;
  const load = async () => {
    try {
      const page = await ask<Page<UnitPosts>>(`/api/posts${query({ unit: unitId, level, state: "held", after: next, limit: PAGE_SIZE })}`);
      list.append(...page.items.flatMap(({ unit, posts }) => posts.filter(({ post }) => post === "chief").flatMap((post) => post.holders.map((one) => holderRow(unit, post, one, acts)))));
      next = page.next;
      foot.replaceChildren(...(next ? [h("button", { type: "button", class: "link", onclick: load }, t("more"))] : []));
    } catch (error) {
      tellError(error);
    }
  };
  void load();
  return h("div", {}, list, foot);
}

/** Give one holder of a post with what can be done about it. */
export function holderRow(unit: PostUnit, post: Post, holder: Holder, { ground, mayAppoint, elected, changed, nameOf }: HolderActs): HTMLElement {
  const words = title(post.level, post.post);
  const name = nameOf(unit);
  const named = { unit: { id: unit.id, name }, ground, post: post.post, title: words, offers: [] };
  const replace = () => void (elected && post.post === "chief" ? recordElection(named, holder, changed) : namePost(named, holder, changed));
  const end = async () => {
    const homes = post.post === "chief" ? { homes: unit.homes } : {};
    if (await endAppointment({ id: holder.appointment, name: holder.officer.name, unit: name, title: words, ...homes })) changed();
  };
  return h(
    "li",
    {},
    h("div", { class: "holder-line" }, h("span", {}, name), h("a", { href: `/people#${holder.officer.id}` }, holder.officer.name), holder.acting ? h("span", { class: "chip warn" }, p("acting")) : null),
    h(
      "div",
      { class: "row small muted" },
      h("span", {}, `${p("officer.since", { day: day(holder.since) })} · ${sayPeople("how", holder.how)}`),
      mayAppoint ? h("button", { type: "button", class: "link", onclick: replace }, p("posts.replace")) : null,
      mayAppoint ? h("button", { type: "button", class: "link", onclick: () => void end() }, p("posts.end")) : null,
    ),
  );
}
