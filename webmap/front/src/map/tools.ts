// The small column of buttons on the map's edge: nearer, farther, whole county, where am I, measure, base layer, print.
import { Marker } from "maplibre-gl";
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { icon, type IconName } from "../ui/icons";
import { tell } from "../ui/toast";
import type { BaseLayer, Box } from "../wire";
import { inside, lockBox } from "./bounds";
import type { NetMap } from "./create";
import { flyToBox, flyToPlace } from "./fly";
import type { Measure, MeasureKind } from "./measure";

const POSITION_TIMEOUT_MS = 15_000;

export interface ToolWish {
  map: NetMap;
  home: Box | null;
  lock: Box | null;
  measure: Measure;
  bases: BaseLayer[];
  chooseBase: (id: string | null) => void;
  onPlace: (lon: number, lat: number) => void;
}

export function toolButton(name: IconName, words: string, act: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const button = h("button", { type: "button", class: "tool", title: words, "aria-label": words }, icon(name));
  button.addEventListener("click", () => act(button));
  return button;
}

/** Fill `place` with the tools; gives a function that shows which measuring tool is in hand. */
export function addTools(place: HTMLElement, wish: ToolWish): () => void {
  const { map, home, measure } = wish;
  const take = (kind: MeasureKind) => () => (measure.kind() === kind ? measure.stop() : void measure.start(kind));
  const rulers = {
    length: toolButton("ruler", t("tool.length"), take("length")),
    area: toolButton("area", t("tool.area"), take("area")),
  };
  place.replaceChildren(
    group(
      toolButton("plus", t("tool.nearer"), () => void map.zoomIn()),
      toolButton("minus", t("tool.farther"), () => void map.zoomOut()),
      toolButton("extent", t("tool.whole"), () => home && flyToBox(map, home)),
    ),
    group(toolButton("locate", t("tool.locate"), locator(wish))),
    group(rulers.length, rulers.area),
    group(...(wish.bases.length > 0 ? [baseMenu(wish)] : []), printLink()),
  );
  return () => {
    rulers.length.setAttribute("aria-pressed", String(measure.kind() === "length"));
    rulers.area.setAttribute("aria-pressed", String(measure.kind() === "area"));
  };
}

function group(...buttons: HTMLElement[]): HTMLElement {
  return h("div", { class: "tool-group" }, ...buttons);
}

function printLink(): HTMLElement {
  const link = h("a", { class: "tool", href: "/print", title: t("tool.print"), "aria-label": t("tool.print") }, icon("print"));
  link.addEventListener("click", () => link.setAttribute("href", `/print${location.search}${location.hash}`));
  return link;
}

function baseMenu({ bases, chooseBase }: ToolWish): HTMLElement {
  const choice = (id: string | null, name: string) => {
    const input = h("input", { type: "radio", name: "base", value: id ?? "", checked: id === null });
    input.addEventListener("change", () => chooseBase(id));
    return h("label", {}, input, h("span", {}, name));
  };
  const sheet = h(
    "div",
    { class: "menu-sheet base-menu", role: "radiogroup", "aria-label": t("tool.base") },
    h("p", { class: "muted small" }, t("tool.base")),
    choice(null, t("tool.base_none")),
    ...bases.map(({ id, name }) => choice(id, name)),
  );
  return h("details", { class: "menu" }, h("summary", { class: "tool", title: t("tool.base"), "aria-label": t("tool.base") }, icon("layers")), sheet);
}

function locator({ map, lock, onPlace }: ToolWish): (button: HTMLButtonElement) => void {
  const marker = new Marker({ element: h("div", { class: "my-place", role: "img", "aria-label": t("tool.my_place") }) });
  return (button) => {
    if (!navigator.geolocation) return tell(t("locate.unable"), "error");
    button.setAttribute("aria-busy", "true");
    const done = () => button.removeAttribute("aria-busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude } }) => {
        done();
        if (lock && !inside(lockBox(lock), longitude, latitude)) return tell(t("locate.outside"));
        marker.setLngLat([longitude, latitude]).addTo(map);
        flyToPlace(map, [longitude, latitude]);
        onPlace(longitude, latitude);
      },
      ({ code }) => {
        done();
        tell(t(code === 1 ? "locate.refused" : "locate.unable"), "error");
      },
      { enableHighAccuracy: true, timeout: POSITION_TIMEOUT_MS, maximumAge: 10_000 },
    );
  };
}
