// The team of a unit (党员骨干, 联络员, 志愿者 …): each seat with who fills it, or the button that fills it.
import { p, title } from "../i18n/people";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { type HolderActs, holderRow } from "./holders";
import { namePost } from "./naming";
import type { Post, UnitRecord } from "./wire";

/** Give the team of a unit; null where the county's parameters name none. */
export function teamSection(record: UnitRecord, acts: HolderActs): HTMLElement | null {
  const seats = record.posts.filter(({ post }) => post !== "chief");
  if (seats.length === 0) return null;
  return h("section", { class: "team" }, h("h3", {}, p("posts.team_of", { unit: record.unit.name })), ...seats.map((post) => seatRow(post, record, acts)));
}

function seatRow(post: Post, { unit }: UnitRecord, acts: HolderActs): HTMLElement {
  const words = title(post.level, post.post);
  const name = () => void namePost({ unit: { id: unit.id, name: acts.nameOf(unit) }, ground: acts.ground, post: post.post, title: words, offers: [] }, null, acts.changed);
  return h(
    "div",
    { class: "seat" },
    h(
      "div",
      { class: "row spread" },
      h("span", {}, h("strong", {}, words), " ", h("span", { class: `chip ${post.vacant > 0 ? "bad" : "good"}` }, p("posts.seats", { held: post.holders.length, all: post.seats }))),
      acts.mayAppoint && post.vacant > 0 ? h("button", { type: "button", class: "button", onclick: name }, icon("plus"), p("posts.name")) : null,
    ),
    h("ul", { class: "holders" }, ...post.holders.map((holder) => holderRow(unit, post, holder, acts))),
  );
}
