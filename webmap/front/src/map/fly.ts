// Moves the view to a box or a place, at once where the reader asked for less motion, clear of the panels around.
import type { LngLatBoundsLike } from "maplibre-gl";
import type { Box, Place } from "../wire";
import type { NetMap } from "./create";

const CLOSE_ZOOM = 16.5;
const PHONE_PX = 600;
const TOOLS_PX = 64;

/** Show a whole box. */
export function flyToBox(map: NetMap, box: Box): void {
  map.fitBounds(box as LngLatBoundsLike, { padding: clearRoom(map), maxZoom: 18, duration: 700, essential: false });
}

/** Show a place from near by, in the middle of what the card leaves free. */
export function flyToPlace(map: NetMap, place: Place, zoom = CLOSE_ZOOM): void {
  const { left, right, top, bottom } = clearRoom(map);
  const offset: [number, number] = [(left - right) / 2, (top - bottom) / 2];
  map.flyTo({ center: place, zoom: Math.max(map.getZoom(), zoom), offset, duration: 700, essential: false });
}

/** Move a place out from under the card, if it lies there. */
export function bringIntoSight(map: NetMap, place: Place): void {
  const { left, right, top, bottom } = clearRoom(map);
  const { clientWidth, clientHeight } = map.getContainer();
  const { x, y } = map.project(place);
  if (x > left && x < clientWidth - right && y > top && y < clientHeight - bottom) return;
  map.easeTo({ center: place, offset: [(left - right) / 2, (top - bottom) / 2], duration: 400, essential: false });
}

export interface Room {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** How much of each side of the map to leave: a margin, and what the card covers (at the right, or on a phone below). */
export function clearRoom(map: NetMap): Room {
  const { clientWidth: wide, clientHeight: high } = map.getContainer();
  const margin = Math.round(Math.min(wide, high) * 0.08);
  const room = { left: margin, right: margin, top: margin, bottom: margin };
  const card = document.querySelector<HTMLElement>("#card");
  if (wide < PHONE_PX) {
    // The search button lies at the top, the tools at the right.
    return { left: margin, right: TOOLS_PX, top: TOOLS_PX, bottom: card && !card.hidden ? Math.round(high * 0.58) : margin };
  }
  if (card && !card.hidden) room.right += card.offsetWidth + margin / 2;
  room.left += TOOLS_PX;
  return room;
}
