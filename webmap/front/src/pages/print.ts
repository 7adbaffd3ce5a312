// The print page: the view of the permalink on a sheet of A4 or A3, with everything a printed map must say.
import { ask } from "../api";
import { t } from "../i18n/index";
import { fetchMapInfo } from "../mapinfo";
import { netTiles, pastWords } from "../map/asof";
import { canDraw, createMap, sayCannotDraw } from "../map/create";
import { approvalWords } from "../map/foot";
import { legend } from "../map/legend";
import { readHash, writeHash } from "../map/permalink";
import type { Palette } from "../map/palette";
import { outlineChoice } from "../map/pick";
import { mapStyle } from "../map/style";
import { scaleNumber } from "../map/papersize";
import { startShell } from "../shell";
import { h, need } from "../ui/dom";
import { moment, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError } from "../ui/toast";
import type { MapInfo, UnitCard } from "../wire";

// Twice the screen's dots: about 190 a printed inch, and small enough for any graphics card on A3.
const SHARPNESS = 2;

startShell();
// Paper is white, whatever the screen is.
document.documentElement.dataset["theme"] = "light";

function start(info: MapInfo): void {
  const view = readHash(location.hash);
  const past = pastWords();
  const title = h("input", { class: "print-title", "aria-label": t("print.title"), value: t("print.default_title", { name: info.county.name }), maxlength: 60 });
  const place = h("div", { class: "print-map", id: "map" });
  const frame = h("div", { class: "print-frame" }, place);
  const scale = h("span", { class: "print-scale" });
  const sheet = h(
    "article",
    { class: "print-sheet a4" },
    h("header", {}, title, past ? h("span", { class: "badge past" }, past) : null, info.synthetic ? h("span", { class: "badge synthetic" }, t("map.synthetic")) : null),
    frame,
    h("footer", {}, scale, h("span", {}, approvalWords(info, null)), h("span", {}, t("print.source")), h("span", {}, t("print.at", { at: dated(new Date()) }))),
  );
  need("#print").append(toolbar(sheet), sheet);
  if (!canDraw()) return sayCannotDraw(place);
  const style = (colours: Palette) => mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox });
  const map = createMap({
    container: place,
    style,
    lock: info.county.bbox,
    show: info.scope_bbox ?? info.county.bbox,
    sharpness: SHARPNESS,
    ...(view ? { centre: [view.lon, view.lat], zoom: view.zoom } : {}),
  });
  frame.append(legend(info, map, true));
  const tellScale = () => {
    const { lng, lat } = map.getCenter();
    scale.textContent = t("print.scale", { n: whole(scaleNumber(map.getZoom(), lat)) });
    history.replaceState(null, "", writeHash({ zoom: map.getZoom(), lat, lon: lng, chosen: view?.chosen ?? null }));
  };
  map.on("move", tellScale);
  tellScale();
  sheet.addEventListener("papersize", () => map.resize());
  const outline = outlineChoice(map);
  if (view?.chosen?.kind === "unit") {
    map.once("load", () => outline(view.chosen));
    void nameSheet(title, view.chosen.id);
  }
}

// A sheet outlives its year, so the year is always written: told as seen from another one.
function dated(now: Date): string {
  return moment(now.toISOString(), new Date(0));
}

async function nameSheet(title: HTMLInputElement, id: string): Promise<void> {
  const unit = await ask<UnitCard>(`/api/units/${encodeURIComponent(id)}`).catch(() => null);
  if (unit) title.value = t("print.default_title", { name: unit.name });
}

function toolbar(sheet: HTMLElement): HTMLElement {
  const paper = (size: string) => {
    const input = h("input", { type: "radio", name: "paper", value: size, checked: size === "a4" });
    input.addEventListener("change", () => {
      sheet.classList.remove("a3", "a4");
      sheet.classList.add(size);
      sheet.dispatchEvent(new Event("papersize"));
    });
    return h("label", { class: "choice" }, input, size.toUpperCase());
  };
  const back = h("a", { class: "button", href: "/map" }, t("print.back"));
  back.addEventListener("click", () => back.setAttribute("href", `/map${location.search}${location.hash}`));
  return h(
    "div",
    { class: "print-bar row" },
    back,
    h("span", { class: "muted" }, t("print.hint")),
    h("span", { class: "spacer" }),
    h("fieldset", { class: "row" }, h("legend", { class: "reader" }, t("print.paper")), paper("a4"), paper("a3")),
    h("button", { type: "button", class: "button primary", onclick: () => window.print() }, icon("print"), t("print.print")),
  );
}

fetchMapInfo().then(start, tellError);
