// What the colours and lines of the map mean: a small card that folds away.
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import type { MapInfo } from "../wire";

type Sample = [kind: string, words: string];

function rows(info: MapInfo): Sample[] {
  const { lin_homes_min: low, lin_homes_max: high } = info.rule;
  const { levels } = info;
  return [
    ["line town", t("legend.town", { level: levels.town })],
    ["line village", t("legend.village", { level: levels.village })],
    ["fills", t("legend.pian", { level: levels.pian })],
    ["line zu", t("legend.zu", { level: levels.zu })],
    ["count ok", t("legend.ok", { level: levels.lin, low, high })],
    ["count near", t("legend.near", { level: levels.lin })],
    ["count broken", t("legend.broken", { level: levels.lin, low, high })],
    ["dot home", t("legend.home")],
    ["dot stack", t("legend.stack")],
    ["dot priority", t("legend.priority")],
    ["line water", t("legend.water")],
    ["line rail", t("legend.rail")],
  ];
}

const NUMBERS: Record<string, string> = { "count ok": "9", "count near": "15·", "count broken": "▲17", "dot stack": "6" };

function sample(kind: string): HTMLElement {
  const parts = kind === "fills" ? [0, 1, 2, 3, 4, 5].map((index) => h("i", { class: `fill-${index}` })) : [];
  return h("span", { class: `sample ${kind}`, "aria-hidden": "true" }, NUMBERS[kind] ?? null, ...parts);
}

/** Give the legend; open at the desk, folded on a phone. */
export function legend(info: MapInfo, open: boolean): HTMLElement {
  return h(
    "details",
    { class: "legend", open },
    h("summary", {}, t("legend.title")),
    h("ul", {}, ...rows(info).map(([kind, words]) => h("li", {}, sample(kind), h("span", {}, words)))),
  );
}
