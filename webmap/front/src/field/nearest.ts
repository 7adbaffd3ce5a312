// A walking round without the server: always to the nearest that is left.
import type { Place } from "../wire";
import { apart_m } from "./inside";

interface Spot {
  lon: number;
  lat: number;
}

/** Put places in the order of a round that begins at a place (or at the first), each time going to the nearest left. */
export function nearestNext<T extends Spot>(spots: readonly T[], from: Place | null): { order: T[]; walk_m: number } {
  const left = [...spots];
  const order: T[] = [];
  let here: Place | null = from;
  let walk_m = 0;
  while (left.length > 0) {
    let best = 0;
    let best_m = here ? far(here, left[0]!) : 0;
    for (let at = 1; here && at < left.length; at += 1) {
      const one_m = far(here, left[at]!);
      if (one_m < best_m) [best, best_m] = [at, one_m];
    }
    const [next] = left.splice(best, 1);
    walk_m += best_m;
    here = [next!.lon, next!.lat];
    order.push(next!);
  }
  return { order, walk_m };
}

function far(here: Place, { lon, lat }: Spot): number {
  return apart_m(here, [lon, lat]);
}
