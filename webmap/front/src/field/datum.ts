// Phones in China may tell a place in a shifted datum. Noticed where a place only fits one's own ground after turning it back.
// The series is the published reverse-engineered one (as in eviltransform and gcoord); the server has the same in geodata/rules/datums.py.
import type { Place } from "../wire";
import { isInside } from "./inside";
import type { FieldUnit } from "./wire";

export type Datum = "gcj02" | "bd09";

const A_M = 6378245.0;
const EE = 0.00669342162296594323;
const BD_PI = (Math.PI * 3000) / 180;
const ROUNDS = 5;

function waves(lon: number, axis: number, slow: number, slowest: number): number {
  const fast = 20 * Math.sin(6 * lon * Math.PI) + 20 * Math.sin(2 * lon * Math.PI);
  const own = 20 * Math.sin(axis * Math.PI) + 40 * Math.sin((axis / 3) * Math.PI);
  const long = slow * Math.sin((axis / 12) * Math.PI) + slowest * Math.sin((axis * Math.PI) / 30);
  return ((fast + own + long) * 2) / 3;
}

function shift([lon, lat]: Place): Place {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves(x, y, 160, 320);
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves(x, x, 150, 300);
  const phi = (lat * Math.PI) / 180;
  const magic = 1 - EE * Math.sin(phi) ** 2;
  const d_lat = (north * 180) / (((A_M * (1 - EE)) / (magic * Math.sqrt(magic))) * Math.PI);
  const d_lon = (east * 180) / ((A_M / Math.sqrt(magic)) * Math.cos(phi) * Math.PI);
  return [d_lon, d_lat];
}

/** Turn a true place (degrees, lon first) into GCJ-02. */
export function wgsToGcj([lon, lat]: Place): Place {
  const [d_lon, d_lat] = shift([lon, lat]);
  return [lon + d_lon, lat + d_lat];
}

/** Turn a place in GCJ-02 into a true one: fixed-point iteration, five rounds. */
export function gcjToWgs([lon, lat]: Place): Place {
  let guess: Place = [lon, lat];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [d_lon, d_lat] = shift(guess);
    guess = [lon - d_lon, lat - d_lat];
  }
  return guess;
}

/** Turn a place in Baidu's BD-09 into a true one. */
export function bdToWgs([lon, lat]: Place): Place {
  const [x, y] = [lon - 0.0065, lat - 0.006];
  const radius = Math.hypot(x, y) - 0.00002 * Math.sin(y * BD_PI);
  const angle = Math.atan2(y, x) - 0.000003 * Math.cos(x * BD_PI);
  return gcjToWgs([radius * Math.cos(angle), radius * Math.sin(angle)]);
}

/** Give the datum after whose undoing a place lies on the phone's own ground, which it does not as told; else null. */
export function suspected(units: readonly FieldUnit[], place: Place): { datum: Datum; place: Place } | null {
  const fits = (where: Place) => units.some(({ border, level }) => border !== null && level !== "county" && level !== "town" && isInside(border, where));
  if (fits(place)) return null;
  for (const [datum, back] of [["gcj02", gcjToWgs], ["bd09", bdToWgs]] as const) {
    const there = back(place);
    if (fits(there)) return { datum, place: there };
  }
  return null;
}
