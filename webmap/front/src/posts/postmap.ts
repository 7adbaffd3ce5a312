// The map of the posts page: the net, the vacancies as rings, the lines of the proposal; a click chooses a unit.
import { netTiles } from "../map/asof";
import { canDraw, createMap, sayCannotDraw } from "../map/create";
import { flyToBox } from "../map/fly";
import type { Palette } from "../map/palette";
import { followPointer, outlineChoice, pick } from "../map/pick";
import { mapStyle } from "../map/style";
import { approvalWords } from "../map/foot";
import { p } from "../i18n/people";
import { h } from "../ui/dom";
import type { Box, MapInfo } from "../wire";
import { type Lines, proposalLines } from "./lines";
import { type VacancyLayer, vacancyLayer } from "./vacancylayer";

export interface PostMap {
  lines: Lines;
  vacancies: VacancyLayer;
  outline: (unitId: string) => void;
  fly: (box: Box) => void;
}

/** Draw it into `place`; null where this browser cannot. */
export function postMap(place: HTMLElement, info: MapInfo, choose: (unitId: string) => void): PostMap | null {
  if (!canDraw()) {
    sayCannotDraw(place);
    return null;
  }
  const style = (colours: Palette) => mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox });
  const map = createMap({ container: place, style, lock: info.county.bbox, show: info.scope_bbox ?? info.county.bbox });
  const vacancies = vacancyLayer(map);
  const lines = proposalLines(map);
  const outline = outlineChoice(map);
  followPointer(map, () => true);
  map.on("click", ({ point }) => {
    const found = pick(map, point);
    if (found?.kind === "unit") choose(found.id);
  });
  place.parentElement?.append(key(), h("p", { class: "posts-approval foot-line" }, approvalWords(info, null)));
  return {
    lines,
    vacancies,
    outline: (id) => outline({ kind: "unit", id }),
    fly: (box) => flyToBox(map, box),
  };
}

function key(): HTMLElement {
  const row = (kind: string, words: string) => h("li", {}, h("span", { class: `sample ${kind}`, "aria-hidden": "true" }), h("span", {}, words));
  return h(
    "ul",
    { class: "posts-key" },
    row("dot vacancy", p("legend.vacancies")),
    row("line proposal", p("legend.proposal")),
    row("line proposal outside", p("posts.outside")),
  );
}
