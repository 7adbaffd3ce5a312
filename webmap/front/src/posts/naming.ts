// The dialogs in which a post is filled by hand: another than proposed, a vacant one, a held one, an election's result.
import { p } from "../i18n/people";
import { h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { type Offer, personPick } from "./personpick";
import { take } from "./taking";
import type { Choice, Holder, Taken } from "./wire";

export interface NamedPost {
  unit: { id: string; name: string };
  /** The ground on which people are looked for: the village of the unit. */
  ground: string;
  post: string;
  title: string;
  offers: Offer[];
}

/** Another than whom the map proposed: who, and why. */
export interface Override {
  person: Offer;
  reason: string;
}

const REASON_MOST = 200;

function reasonField(): HTMLTextAreaElement {
  return h("textarea", { rows: 2, maxlength: REASON_MOST });
}

/** Ask whom to take instead of `proposed`, and why; null when left. */
export function askOverride(post: NamedPost, proposed: { name: string; far: string }): Promise<Override | null> {
  const pick = personPick(post.ground, post.offers);
  const reason = reasonField();
  return formDialog(
    p("posts.override_title", { unit: post.unit.name, title: post.title }),
    [h("p", {}, p("posts.override_text", { name: proposed.name, m: proposed.far })), pick.element, field(p("reason"), reason)],
    async () => {
      const person = pick.chosen();
      if (!person) throw new Error(p("posts.nobody_chosen"));
      if (!reason.value.trim()) throw new Error(p("posts.no_reason"));
      return { person, reason: reason.value.trim() };
    },
    p("posts.choose_this"),
  );
}

/** Fill a post by name; where it is held, say why the holder leaves. */
export function namePost(post: NamedPost, holder: Holder | null, after: () => void): Promise<Taken | null> {
  const pick = personPick(post.ground, post.offers);
  const reason = reasonField();
  const acting = h("input", { type: "checkbox" });
  const leaves = holder ? h("input", { maxlength: REASON_MOST }) : null;
  return formDialog(
    `${post.unit.name}：${holder ? p("posts.replace") : p("posts.name")}${post.title}`,
    [
      h("p", { class: "muted" }, p("posts.name_text")),
      leaves && holder ? field(p("posts.replace_why", { name: holder.officer.name }), leaves) : null,
      pick.element,
      h("label", { class: "check" }, acting, h("span", {}, p("posts.acting"))),
      field(p("reason"), reason),
    ],
    async () => {
      const person = pick.chosen();
      if (!person) throw new Error(p("posts.nobody_chosen"));
      if (leaves && !leaves.value.trim()) throw new Error(p("posts.no_reason"));
      const row: Choice = { unit_id: post.unit.id, officer_id: person.id, post: post.post, how: "named", acting: acting.checked, reason: reason.value.trim() };
      return take([leaves ? { ...row, replaces: leaves.value.trim() } : row], after);
    },
    p("posts.name"),
  );
}

/** Write down an election's day and result, and appoint who was elected. */
export function recordElection(post: NamedPost, holder: Holder | null, after: () => void): Promise<Taken | null> {
  const pick = personPick(post.ground, post.offers);
  const today = new Intl.DateTimeFormat("sv", { timeZone: "Asia/Shanghai" }).format(new Date());
  const day = h("input", { type: "date", max: today, value: today });
  const votes = h("input", { type: "number", min: 0, max: 100_000, inputmode: "numeric" });
  const of = h("input", { type: "number", min: 0, max: 100_000, inputmode: "numeric" });
  const reason = reasonField();
  const leaves = holder ? h("input", { maxlength: REASON_MOST }) : null;
  const result = () => {
    if (votes.value === "" && of.value === "") return {};
    if (Number(votes.value) > Number(of.value)) throw new Error(p("posts.votes_wrong"));
    return { votes: Number(votes.value), of: Number(of.value), candidates: post.offers.map(({ name }) => name).slice(0, 20) };
  };
  return formDialog(
    p("posts.elect_title", { unit: post.unit.name, title: post.title }),
    [
      leaves && holder ? field(p("posts.replace_why", { name: holder.officer.name }), leaves) : null,
      pick.element,
      field(p("posts.elected_on"), day),
      h("div", { class: "field-pair" }, field(p("posts.votes"), votes), field(p("posts.of"), of)),
      field(p("posts.reason_maybe"), reason),
    ],
    async () => {
      const person = pick.chosen();
      if (!person) throw new Error(p("posts.nobody_chosen"));
      if (!day.value) throw new Error(p("posts.day_missing"));
      const row: Choice = { unit_id: post.unit.id, officer_id: person.id, post: post.post, how: "elected", elected_on: day.value, result: result(), reason: reason.value.trim() };
      return take([leaves ? { ...row, replaces: leaves.value.trim() || p("posts.new_election") } : row], after);
    },
    p("posts.elect"),
  );
}
