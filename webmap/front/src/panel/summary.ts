// One line over the tree: what the county holds, and the homes that still belong to no 邻.
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import type { Level, MapInfo } from "../wire";

const COUNTED: Exclude<Level, "county">[] = ["town", "village", "pian", "zu", "lin"];

/** Give the line. */
export function summary({ counts, levels }: MapInfo): HTMLElement {
  const parts = COUNTED.filter((level) => counts[level] > 0).map((level) => `${levels[level]} ${whole(counts[level])}`);
  return h(
    "div",
    { class: "summary" },
    h("p", { class: "muted small" }, ...parts.flatMap((words) => [h("span", {}, words), " · "]), h("span", {}, t("summary.homes", { n: whole(counts.homes) }))),
    counts.homes_unassigned > 0
      ? h("p", { class: "chip warn" }, t("summary.unassigned", { n: whole(counts.homes_unassigned) }))
      : null,
  );
}
