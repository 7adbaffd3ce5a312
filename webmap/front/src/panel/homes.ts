// The homes of a unit, a page at a time, with addresses as the reader may see them.
import { ask, query } from "../api";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import { tellError } from "../ui/toast";
import type { HomeShort, Page } from "../wire";

/** Where in its building a home is: 3栋 2单元 5楼 502, whatever of these is known. */
export function roomWords({ building, entrance, floor, room }: HomeShort): string {
  return [
    building,
    bare(entrance) && t("home.entrance", { n: bare(entrance) }),
    bare(floor) && t("home.floor", { n: bare(floor) }),
    bare(room) && t("home.room", { n: bare(room) }),
  ]
    .filter((part) => part)
    .join(" ");
}

// Files write 2单元 as well as 2: the word is ours to add once.
function bare(part: string): string {
  return part.replace(/(单元|楼|层|室|号)$/u, "");
}

/** Give the list; `choose` is called with the home that is clicked. */
export function makeHomes(unitId: string, choose: (home: HomeShort) => void): { element: HTMLElement; load: () => Promise<void> } {
  const list = h("ul", { class: "homes" });
  const foot = h("p", { class: "muted small", role: "status" }, t("loading"));
  let next: string | null = null;

  const load = async () => {
    try {
      const page = await ask<Page<HomeShort>>(`/api/units/${encodeURIComponent(unitId)}/households${query({ after: next })}`);
      list.append(...page.items.map((home) => row(home, choose)));
      next = page.next;
      foot.replaceChildren(t("homes.shown", { n: whole(list.children.length), total: whole(page.total ?? list.children.length) }), " ");
      if (next) foot.append(h("button", { type: "button", class: "link", onclick: load }, t("more")));
    } catch (error) {
      foot.replaceChildren();
      tellError(error);
    }
  };
  return { element: h("div", {}, list, foot), load };
}

function row(home: HomeShort, choose: (home: HomeShort) => void): HTMLElement {
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", onclick: () => choose(home) },
      h("span", { class: "home-address" }, home.address || home.code, " ", roomWords(home)),
      h("span", { class: "muted small" }, home.code, home.priority ? ` · ${t("home.priority")}` : ""),
    ),
  );
}
