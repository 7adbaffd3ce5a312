// Two pictures of one village over each other: the left one up to a handle, the right one beyond it, moving as one map.
// With a single picture there is no handle: a revision is looked at, and nothing can be changed.
import { createMap, type NetMap } from "../map/create";
import { palette } from "../map/palette";
import { d } from "../i18n/drawpanel";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { DrawHome, Place, PlanContent } from "../wire";
import { addDrawImages } from "./images";
import { pictureOf } from "./panel/picture";
import { ringPlaces } from "./panel/stage";

const STEP_PERCENT = 2;
const LEAP_PERCENT = 10;

export interface SwipeSide {
  title: string;
  content: PlanContent;
}

export interface SwipeWish {
  /** What lies under the pictures, and gives them their view and takes it back. */
  under: NetMap;
  left: SwipeSide;
  right: SwipeSide | null;
  /** Homes to ring on both sides. */
  moved: readonly Pick<DrawHome, "lon" | "lat">[];
  /** What else to offer in the line on top. */
  offers: { words: string; act: () => void }[];
  /** The overlay has gone. */
  closed: () => void;
}

export interface Swipe {
  close: () => void;
  flyTo: (place: Place) => void;
}

/** Lay the pictures over the map. */
export function openSwipe(wish: SwipeWish): Swipe {
  const frame = wish.under.getContainer().parentElement ?? document.body;
  const sides = [wish.left, wish.right].filter((side) => side !== null);
  const boxes = sides.map((_, index) => h("div", { class: `swipe-map swipe-${index}` }));
  const overlay = h("div", { class: "swipe", role: "region", "aria-label": d("swipe.region") }, ...boxes);
  frame.append(overlay);
  const maps = boxes.map((container, index) => pictureMap(container, sides[index] ?? wish.left, wish));
  const letGo = together([...maps, wish.under]);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    letGo();
    document.removeEventListener("keydown", onKey);
    maps.forEach((map) => map.remove());
    overlay.remove();
    wish.closed();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    event.stopPropagation();
    close();
  };
  document.addEventListener("keydown", onKey);
  overlay.append(topLine(wish, close), ...(wish.right ? [handle(overlay, [wish.left.title, wish.right.title])] : []));
  const [first] = maps;
  return { close, flyTo: (center) => first?.flyTo({ center, zoom: Math.max(first.getZoom(), 16.5), duration: 700, essential: false }) };
}

function pictureMap(container: HTMLElement, side: SwipeSide, { under, moved }: SwipeWish): NetMap {
  const { lng, lat } = under.getCenter();
  const map = createMap({
    container,
    style: pictureOf(side.content),
    lock: null,
    show: null,
    centre: [lng, lat],
    zoom: under.getZoom(),
  });
  map.on("style.load", () => addDrawImages(map, palette()));
  map.once("load", () => ringPlaces(map, moved));
  return map;
}

// Whichever is moved, the others go along; the one that leads is not moved back by those that follow.
function together(maps: NetMap[]): () => void {
  let leads: NetMap | null = null;
  const follow = (leader: NetMap) => () => {
    if (leads && leads !== leader) return;
    leads = leader;
    const view = { center: leader.getCenter(), zoom: leader.getZoom() };
    maps.filter((one) => one !== leader).forEach((one) => one.jumpTo(view));
    leads = null;
  };
  const pairs = maps.map((map) => [map, follow(map)] as const);
  pairs.forEach(([map, listener]) => map.on("move", listener));
  return () => pairs.forEach(([map, listener]) => map.off("move", listener));
}

function topLine({ left, right, offers }: SwipeWish, close: () => void): HTMLElement {
  const words = t("close");
  return h(
    "div",
    { class: "swipe-line" },
    h("strong", { class: "swipe-title" }, right ? h("span", { "aria-hidden": "true" }, "◧ ") : null, left.title, right ? null : h("span", { class: "chip" }, d("swipe.read_only"))),
    ...offers.map((offer) => h("button", { type: "button", class: "button small", onclick: offer.act }, offer.words)),
    right ? h("strong", { class: "swipe-title" }, h("span", { "aria-hidden": "true" }, "◨ "), right.title) : null,
    h("button", { type: "button", class: "quiet", "aria-label": words, title: words, onclick: close }, icon("close")),
  );
}

function handle(overlay: HTMLElement, [left, right]: [string, string]): HTMLElement {
  const words = d("swipe.handle", { left, right });
  const grip = h("div", { class: "swipe-handle", role: "slider", tabindex: 0, "aria-label": words, title: words, "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal" }, h("span", { class: "swipe-grip", "aria-hidden": "true" }, icon("swap")));
  let at = 50;
  const put = (percent: number) => {
    at = Math.min(100, Math.max(0, percent));
    overlay.style.setProperty("--at", `${at}%`);
    grip.setAttribute("aria-valuenow", String(Math.round(at)));
    grip.setAttribute("aria-valuetext", d("swipe.value", { n: Math.round(at) }));
  };
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.focus();
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointermove", (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    const { left: start, width } = overlay.getBoundingClientRect();
    put(((event.clientX - start) / width) * 100);
  });
  grip.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? LEAP_PERCENT : STEP_PERCENT;
    const to = { ArrowLeft: at - by, ArrowDown: at - by, ArrowRight: at + by, ArrowUp: at + by, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    put(to);
  });
  put(at);
  return grip;
}
