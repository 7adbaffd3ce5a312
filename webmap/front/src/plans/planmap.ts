// The map of one plan: its own units drawn in the manner of the net.
import { ask } from "../api";
import { createMap, type NetMap } from "../map/create";
import { flyToPlace } from "../map/fly";
import type { Palette } from "../map/palette";
import { outlineChoice } from "../map/pick";
import { mapStyle } from "../map/style";
import { tellError } from "../ui/toast";
import type { MapInfo, Place, PlanCard, UnitCard } from "../wire";

/** Draw the plan into `container`; gives a function that flies to a place on it. */
export function planMap(container: HTMLElement, plan: PlanCard, info: MapInfo): (place: Place) => void {
  const box = plan.unit.bbox ?? info.scope_bbox ?? info.county.bbox;
  const tiles = `/api/plans/${encodeURIComponent(plan.id)}/tiles/{z}/{x}/{y}.mvt`;
  const style = (colours: Palette) => mapStyle({ colours, tiles, base: null, bounds: info.county.bbox });
  const map: NetMap = createMap({ container, style, lock: info.county.bbox, show: box });
  const outline = outlineChoice(map);
  map.once("load", () => outline({ kind: "unit", id: plan.unit.id }));
  // A plan names its unit without a box; the unit's own card knows it.
  if (!plan.unit.bbox) {
    void ask<UnitCard>(`/api/units/${encodeURIComponent(plan.unit.id)}`).then(({ bbox }) => bbox && map.fitBounds(bbox, { padding: 24, duration: 0 }), tellError);
  }
  return (place) => flyToPlace(map, place, 16);
}
