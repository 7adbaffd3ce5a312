// What is taken away from the board: files of what is shown, and the view for a wall.
import { query } from "../api";
import { b } from "../i18n/board";
import { may } from "../pagedata";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { addressOf, type Wanted } from "./wanted";

const KINDS = ["html", "pdf", "png", "xlsx", "docx"] as const;

/** Give the menu; what it hands out is what is shown at the moment of the click. */
export function takeMenu(wanted: () => Wanted): HTMLElement {
  const links = KINDS.map((kind) => {
    const link = h("a", { class: "menu-link", href: "#", "data-take": kind }, b(`take.${kind}`));
    link.addEventListener("click", () => (link.href = `/api/board/file${query({ format: kind, ...wanted().asked })}`));
    return link;
  });
  const wall = h("a", { class: "menu-link", href: "/board?wall=1" }, b("wall.open"));
  wall.addEventListener("click", () => (wall.href = `/board${addressOf({ ...wanted(), wall: true, open: "" })}`));
  const template = may("settings") ? h("a", { class: "menu-link", href: "/api/board/template" }, b("take.template")) : null;
  return h("details", { class: "menu board-take" }, h("summary", { class: "button", "aria-label": b("take.title") }, icon("upload"), h("span", { class: "words" }, b("take.title"))), h("div", { class: "menu-sheet" }, ...links, h("p", { class: "small muted" }, b("take.note")), template, wall));
}
