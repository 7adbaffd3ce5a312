// The map of one plan: its own units drawn in the manner of the net.
import { createMap, type NetMap } from "../map/create";
import { flyToPlace } from "../map/fly";
import type { Palette } from "../map/palette";
import { outlineChoice } from "../map/pick";
import { mapStyle } from "../map/style";
import type { MapInfo, Place, PlanCard } from "../wire";

/** Draw the plan into `container`; gives a function that flies to a place on it. */
export function planMap(container: HTMLElement, plan: PlanCard, info: MapInfo): (place: Place) => void {
  const box = plan.unit.bbox ?? info.scope_bbox ?? info.county.bbox;
  const tiles = `/api/plans/${encodeURIComponent(plan.id)}/tiles/{z}/{x}/{y}.mvt`;
  const style = (colours: Palette) => mapStyle({ colours, tiles, base: null, bounds: info.county.bbox });
  const map: NetMap = createMap({ container, style, lock: info.county.bbox, show: box });
  const outline = outlineChoice(map);
  map.once("load", () => outline({ kind: "unit", id: plan.unit.id }));
  return (place) => flyToPlace(map, place, 16);
}
