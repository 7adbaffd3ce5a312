// What the colours and lines of the map mean: a small card that folds away.
import { t } from "../i18n/index";
import { fill, h } from "../ui/dom";
import type { MapInfo } from "../wire";
import type { NetMap } from "./create";

// What is drawn changes with the zoom, and the legend with it: [kind, words, first zoom, last zoom].
type Sample = [kind: string, words: string, from: number, to: number];

function rows(info: MapInfo): Sample[] {
  const { lin_homes_min: low, lin_homes_max: high } = info.rule;
  const { levels } = info;
  return [
    ["line town", t("legend.town", { level: levels.town }), 0, 24],
    ["line village", t("legend.village", { level: levels.village }), 0, 24],
    ["fills", t("legend.pian", { level: levels.pian }), 10, 24],
    ["line zu", t("legend.zu", { level: levels.zu }), 12, 24],
    ["count ok", t("legend.ok", { level: levels.lin, low, high }), 13, 24],
    ["count near", t("legend.near", { level: levels.lin }), 13, 24],
    ["count broken", t("legend.broken", { level: levels.lin, low, high }), 13, 24],
    ["dot home", t("legend.home"), 14, 24],
    ["dot stack", t("legend.stack"), 16, 24],
    ["dot priority", t("legend.priority"), 15, 24],
    ["line water", t("legend.water"), 8, 24],
    ["line rail", t("legend.rail"), 8, 24],
  ];
}

const NUMBERS: Record<string, string> = { "count ok": "9", "count near": "15·", "count broken": "▲17", "dot stack": "6" };

function sample(kind: string): HTMLElement {
  const parts = kind === "fills" ? [0, 1, 2, 3, 4, 5].map((index) => h("i", { class: `fill-${index}` })) : [];
  return h("span", { class: `sample ${kind}`, "aria-hidden": "true" }, NUMBERS[kind] ?? null, ...parts);
}

/** Give the legend of `map`: what it draws at its zoom, now and after each change; open at the desk, folded on a phone. */
export function legend(info: MapInfo, map: NetMap, open: boolean): HTMLElement {
  const list = h("ul");
  const show = () => {
    const zoom = map.getZoom();
    const drawn = rows(info).filter(([, , from, to]) => zoom >= from && zoom < to);
    fill(list, ...drawn.map(([kind, words]) => h("li", {}, sample(kind), h("span", {}, words))));
  };
  show();
  map.on("zoomend", show);
  return h("details", { class: "legend", open }, h("summary", {}, t("legend.title")), list);
}
