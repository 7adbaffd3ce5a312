// The scale of a map that is printed in the size in which the page shows it.

// CSS defines the pixel as 1/96 inch, an inch as 25.4 mm (CSS Values and Units 4, section 6.2).
const M_PER_CSS_PX = 0.0254 / 96;
// Ground length of the equator in Web Mercator's sphere (EPSG:3857: radius 6,378,137 m); MapLibre's zoom 0 is 512 px wide.
const EQUATOR_M = 2 * Math.PI * 6_378_137;
const WORLD_PX = 512;

/** Give the n of "1 : n" at a zoom and a latitude in degrees, rounded to two significant digits. */
export function scaleNumber(zoom: number, lat: number): number {
  const metres_per_px = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (WORLD_PX * 2 ** zoom);
  const exact = metres_per_px / M_PER_CSS_PX;
  const step = 10 ** (Math.floor(Math.log10(exact)) - 1);
  return Math.round(exact / step) * step;
}
