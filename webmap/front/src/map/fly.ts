// Moves the view to a box or a place, at once where the reader asked for less motion, clear of the panels around.
import type { LngLatBoundsLike } from "maplibre-gl";
import type { Box, Place } from "../wire";
import type { NetMap } from "./create";

const CLOSE_ZOOM = 16.5;

/** Show a whole box. */
export function flyToBox(map: NetMap, box: Box): void {
  map.fitBounds(box as LngLatBoundsLike, { padding: room(map), maxZoom: 18, duration: 700, essential: false });
}

/** Show a place from near by. */
export function flyToPlace(map: NetMap, place: Place, zoom = CLOSE_ZOOM): void {
  map.flyTo({ center: place, zoom: Math.max(map.getZoom(), zoom), duration: 700, essential: false });
}

function room(map: NetMap): number {
  const { clientWidth, clientHeight } = map.getContainer();
  return Math.round(Math.min(clientWidth, clientHeight) * 0.1);
}
