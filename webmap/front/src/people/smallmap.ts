// The small map on a person's card: where the home lies in the net.
import { Marker } from "maplibre-gl";
import { netTiles } from "../map/asof";
import { canDraw, createMap } from "../map/create";
import { watchLeaving } from "../map/leaving";
import type { Palette } from "../map/palette";
import { mapStyle } from "../map/style";
import { p } from "../i18n/people";
import { h } from "../ui/dom";
import type { MapInfo, Place } from "../wire";

const NEAR_ZOOM = 15.2;

/** Give the map of a home; nothing where the browser cannot draw one. */
export function homeMap(info: MapInfo, place: Place): HTMLElement | null {
  if (!canDraw()) return null;
  const box = h("div", { class: "home-map" });
  const style = (colours: Palette) => mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox });
  // The map needs the size of its box, which it has once it is on the page.
  requestAnimationFrame(() => {
    if (!box.isConnected) return;
    const map = createMap({ container: box, style, lock: info.county.bbox, show: null, centre: place, zoom: NEAR_ZOOM });
    const pin = h("div", { class: "my-place", role: "img", "aria-label": p("officer.home") });
    new Marker({ element: pin }).setLngLat(place).addTo(map);
    watchLeaving(box, () => map.remove());
  });
  return box;
}
