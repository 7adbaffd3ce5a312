// The switch in the map's legend that shows where posts are vacant.
import { p } from "../i18n/people";
import { vacancyLayer } from "../posts/vacancylayer";
import { h } from "../ui/dom";
import type { NetMap } from "./create";

/** Give the switch; nothing is asked of the server before it is on. */
export function vacancySwitch(map: NetMap): HTMLElement {
  const layer = vacancyLayer(map);
  const input = h("input", { type: "checkbox" });
  input.addEventListener("change", () => (input.checked ? void layer.show() : layer.hide()));
  return h("label", { class: "legend-switch" }, input, h("span", { class: "sample dot vacancy", "aria-hidden": "true" }), h("span", {}, p("legend.vacancies")));
}
