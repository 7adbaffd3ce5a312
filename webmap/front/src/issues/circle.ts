// The circle in which a place is known to lie.
import type { Place } from "../wire";

const CORNERS = 36;
// Metres of a degree of latitude on CGCS2000, in the middle of China (a circle on screen needs no more).
const DEGREE_M = 110_900;

/** Give the closed ring of a circle around a place, its radius in metres. */
export function circleAround([lon, lat]: Place, radius_m: number): Place[] {
  const squeeze = Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: CORNERS + 1 }, (_, at) => {
    const angle = ((at % CORNERS) * 2 * Math.PI) / CORNERS;
    return [lon + (radius_m * Math.cos(angle)) / (DEGREE_M * squeeze), lat + (radius_m * Math.sin(angle)) / DEGREE_M];
  });
}
