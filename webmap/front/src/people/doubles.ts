// People who stand in the register twice, perhaps: side by side, one of them to keep.
import { ask, query } from "../api";
import { p, sayPeople } from "../i18n/people";
import { fill, h } from "../ui/dom";
import { tell, telling } from "../ui/toast";
import { chips } from "./card";
import { postWords } from "./acts";
import type { Doubles, Officer, OfficerCard } from "./wire";
import { officerPath } from "./wire";

type Group = Doubles["items"][number];

/** Give the button that tells how many there seem to be, and the section that it opens; nothing to show for none. */
export function doublesButton(place: HTMLElement, unit: () => string, merged: (kept: OfficerCard) => void): { element: HTMLElement; reload: () => Promise<void> } {
  const element = h("button", { type: "button", class: "button", hidden: true, "aria-expanded": "false" });
  let found: Group[] = [];
  const show = () => {
    const open = element.getAttribute("aria-expanded") === "true";
    fill(place, open ? section(found, after) : null);
  };
  const reload = async () => {
    const answer = await telling(() => ask<Doubles>(`/api/officers/doubles${query({ unit: unit() || null })}`));
    found = answer?.items ?? [];
    element.hidden = found.length === 0;
    element.textContent = p("people.doubles", { n: found.length });
    show();
  };
  const after = (kept: OfficerCard) => {
    tell(p("people.merged", { name: kept.name }));
    merged(kept);
    void reload();
  };
  element.addEventListener("click", () => {
    element.setAttribute("aria-expanded", String(element.getAttribute("aria-expanded") !== "true"));
    show();
  });
  return { element, reload };
}

function section(groups: Group[], merged: (kept: OfficerCard) => void): HTMLElement {
  return h(
    "section",
    { class: "panel stack doubles", "aria-label": p("people.doubles_title") },
    h("h2", {}, p("people.doubles_title")),
    h("p", { class: "muted" }, groups.length > 0 ? p("people.doubles_text") : p("people.no_doubles")),
    ...groups.map((group) => groupRow(group, merged)),
  );
}

function groupRow({ why, officers }: Group, merged: (kept: OfficerCard) => void): HTMLElement {
  return h(
    "div",
    { class: "double" },
    h("p", { class: "chip warn" }, sayPeople("double", why)),
    h("ul", { class: "double-pair" }, ...officers.map((one) => h("li", {}, entry(one, officers, merged)))),
  );
}

function entry(one: Officer, all: Officer[], merged: (kept: OfficerCard) => void): HTMLElement {
  const keep = h("button", { type: "button", class: "button" }, p("people.keep", { name: one.name, code: one.code }));
  keep.addEventListener("click", async () => {
    keep.disabled = true;
    let kept: OfficerCard | undefined;
    for (const other of all.filter(({ id }) => id !== one.id)) {
      kept = await telling(() => ask<OfficerCard>(officerPath(one.id, "merge"), { method: "POST", body: { other: other.id } }));
      if (!kept) break;
    }
    keep.disabled = false;
    if (kept) merged(kept);
  });
  return h(
    "div",
    { class: "stack" },
    h("div", {}, h("strong", {}, one.name), " ", ...chips(one)),
    h("div", { class: "small" }, [one.phone, one.village?.name ?? one.village_text].filter(Boolean).join(" · ")),
    h("div", { class: "small muted" }, one.posts.map(postWords).join("、") || p("officer.no_post")),
    keep,
  );
}
