// The line under the map: the approval number of the county's map and of the base layer, and whose pictures are shown.
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import type { BaseLayer, MapInfo } from "../wire";

/** Say the 审图号; a map without one, or on a ground without one, is for use inside only, and says so. */
export function approvalWords(info: MapInfo, base: BaseLayer | null): string {
  const numbers = [info.approval_no, base?.approval_no ?? ""].filter((text) => text !== "");
  if (numbers.length === 0 || (base && base.approval_no === "")) return t("map.no_approval");
  return t("map.approval", { numbers: [...new Set(numbers)].join("、") });
}

/** Give the line under the map. */
export function foot(info: MapInfo, base: BaseLayer | null): HTMLElement {
  return h("p", { class: "foot-line" }, h("span", {}, approvalWords(info, base)), base?.attribution ? h("span", {}, base.attribution) : null);
}

/** The mark that says that nothing on this map is real. */
export function syntheticBadge(): HTMLElement {
  return h("span", { class: "badge synthetic", title: t("map.synthetic_long") }, t("map.synthetic"));
}
