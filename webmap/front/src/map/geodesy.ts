// Lengths and areas on the ellipsoid of CGCS2000 (EPSG:4490), by Karney's geodesics:
// C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, 43-55 (2013), doi:10.1007/s00190-012-0578-z.
import { Geodesic } from "geographiclib-geodesic";

// CGCS2000, GB 22021-2008 table 1: semi-major axis and flattening.
const SEMI_MAJOR_AXIS_M = 6_378_137;
const FLATTENING = 1 / 298.257222101;

const cgcs2000 = new Geodesic.Geodesic(SEMI_MAJOR_AXIS_M, FLATTENING);

export type LonLat = readonly [number, number];

/** Length of a line through places, in metres along geodesics; 0 for fewer than two. */
export function lineLength_m(places: readonly LonLat[]): number {
  return trace(places, true).perimeter;
}

/** Length of each step of a line, in metres. */
export function steps_m(places: readonly LonLat[]): number[] {
  return places.slice(1).map((place, index) => lineLength_m([places[index] ?? place, place]));
}

/** Area and perimeter of the ring through places (closed for you), in square metres and metres; never negative. */
export function ring(places: readonly LonLat[]): { area_m2: number; perimeter_m: number } {
  if (places.length < 3) return { area_m2: 0, perimeter_m: lineLength_m(places) };
  const { area, perimeter } = trace(places, false);
  return { area_m2: Math.abs(area ?? 0), perimeter_m: perimeter };
}

function trace(places: readonly LonLat[], open: boolean): { perimeter: number; area?: number } {
  const polygon = cgcs2000.Polygon(open);
  places.forEach(([lon, lat]) => polygon.AddPoint(lat, lon));
  return polygon.Compute(false, true);
}
