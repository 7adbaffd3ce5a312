// Whom to call: from one's own 邻 up to the county, each with a button that dials.
import { f, sayF } from "../i18n/field";
import { say } from "../i18n/index";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { App } from "./app";
import { empty } from "./parts";
import type { Post, Scope } from "./wire";

const NEAR_FIRST = ["lin", "zu", "pian", "village", "town", "county"];

/** Draw it. */
export function contactsScreen({ scope }: App): HTMLElement {
  const posts = scope ? inOrder(scope) : [];
  const rows = posts.map(({ post, name, level }) => contact(post, name, level));
  return h("section", { class: "field-screen" }, h("header", { class: "ground-head" }, h("h1", {}, f("tab.contacts")), h("p", { class: "muted" }, f("contacts.lead"))), ...(rows.length > 0 ? rows : [empty(f("contacts.none"))]));
}

function inOrder({ posts, units }: Scope): { post: Post; name: string; level: string }[] {
  const byId = new Map(units.map((one) => [one.id, one]));
  return posts
    .map((post) => ({ post, name: byId.get(post.unit)?.name ?? "", level: byId.get(post.unit)?.level ?? "county", path: byId.get(post.unit)?.path ?? "" }))
    .sort((one, other) => NEAR_FIRST.indexOf(one.level) - NEAR_FIRST.indexOf(other.level) || one.path.localeCompare(other.path));
}

function contact(post: Post, name: string, level: string): HTMLElement {
  const role = post.post === "chief" ? sayF("chief", level) : say("post", post.post);
  const who = post.vacant ? f("contacts.vacant") : post.name;
  const call = post.phone ? h("a", { class: "button call-button", href: `tel:${post.phone}`, "aria-label": f("contacts.call", { name: post.name }) }, icon("phone"), post.phone) : post.vacant ? null : h("span", { class: "muted small" }, f("contacts.no_phone"));
  return h("div", { class: "field-row" }, h("span", { class: "field-row-words" }, h("span", { class: "field-row-big" }, who), h("span", { class: "muted small" }, `${name} ${role}`)), call);
}
