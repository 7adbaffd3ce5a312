// Boxes on the map, [west, south, east, north] in degrees: how far one may move, and a box to fly to.
import type { Box } from "../wire";

/**
 * The box that the view may not leave: the county's with as much again on each side.
 *
 * The map refuses to zoom out past this box, so it must stay larger than the county in a wide window as well as in a
 * tall one: both sides are therefore widened by the longer of the two, measured on the ground.
 */
export function lockBox([west, south, east, north]: Box): Box {
  const squeeze = Math.max(0.2, Math.cos((((south + north) / 2) * Math.PI) / 180));
  const tall = north - south;
  const wide = (east - west) * squeeze;
  const margin = Math.max(tall, wide, 0.02);
  return [
    Math.max(-180, west - margin / squeeze),
    Math.max(-85, south - margin),
    Math.min(180, east + margin / squeeze),
    Math.min(85, north + margin),
  ];
}

/** Whether a place lies in a box. */
export function inside([west, south, east, north]: Box, lon: number, lat: number): boolean {
  return lon >= west && lon <= east && lat >= south && lat <= north;
}

/** The smallest box around places, or null for none. */
export function boxAround(places: readonly (readonly [number, number])[]): Box | null {
  if (places.length === 0) return null;
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
