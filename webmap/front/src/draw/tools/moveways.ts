// The two ways of 移: point by point, or a whole stretch of border drawn anew.
import { t } from "../../i18n/drawstage";
import { h } from "../../ui/dom";
import type { ToolStage } from "../tool";

/** Give the switch between them. */
export function moveWays({ session }: ToolStage): HTMLElement {
  const way = (tool: "vertex" | "border", words: string) =>
    h("button", { type: "button", class: "segment", "aria-pressed": String(session.tool === tool), onclick: () => session.setTool(tool) }, words);
  return h("div", { class: "segments", role: "group", "aria-label": t("draw.move_way") }, way("vertex", t("draw.move_points")), way("border", t("draw.move_line")));
}
