// Counting homes while a gesture lasts: a grid finds the few that may change sides, and only those are asked.
import type { Box, Place } from "../wire";
import { boxOfPlaces, type Coverage, inRing, inShape, type Shape } from "./geometry";

export interface HomePoint {
  id: string;
  unit_id: string | null;
  lon: number;
  lat: number;
}

export interface Move {
  home: string;
  from: string | null;
  to: string;
}

// Few enough homes a cell that a small box asks few, few enough cells that a large box walks few.
const HOMES_A_CELL = 4;

/** Homes in square cells of degrees. */
export class HomeGrid {
  private readonly cells = new Map<number, HomePoint[]>();
  private readonly side: number;
  private readonly west: number;
  private readonly south: number;
  private readonly columns: number;

  constructor(homes: readonly HomePoint[]) {
    const [west, south, east, north] = homes.length
      ? boxOfPlaces(homes.map(({ lon, lat }): Place => [lon, lat]))
      : [0, 0, 1, 1];
    this.west = west;
    this.south = south;
    this.side = Math.max(Math.sqrt(((east - west) * (north - south) * HOMES_A_CELL) / Math.max(1, homes.length)), 1e-6);
    this.columns = Math.floor((east - west) / this.side) + 1;
    for (const home of homes) {
      const key = this.column(home.lon) + this.row(home.lat) * this.columns;
      const cell = this.cells.get(key);
      if (cell) cell.push(home);
      else this.cells.set(key, [home]);
    }
  }

  /** The homes in a box. */
  within([west, south, east, north]: Box): HomePoint[] {
    const found: HomePoint[] = [];
    const lastColumn = Math.min(this.column(east), this.columns - 1);
    const firstColumn = Math.max(0, this.column(west));
    for (let row = Math.max(0, this.row(south)); row <= this.row(north); row++) {
      if (row * this.columns > this.most()) break;
      for (let column = firstColumn; column <= lastColumn; column++) {
        for (const home of this.cells.get(column + row * this.columns) ?? []) {
          if (home.lon >= west && home.lon <= east && home.lat >= south && home.lat <= north) found.push(home);
        }
      }
    }
    return found;
  }

  private mostKey: number | null = null;

  private most(): number {
    this.mostKey ??= [...this.cells.keys()].reduce((most, key) => Math.max(most, key), 0);
    return this.mostKey;
  }

  private column(lon: number): number {
    return Math.floor((lon - this.west) / this.side);
  }

  private row(lat: number): number {
    return Math.floor((lat - this.south) / this.side);
  }
}

/** Which homes of a box change unit when shapes change; a home that its shape does not hold (a flat in a slice) stays. */
export function changing(coverage: Coverage, after: ReadonlyMap<string, Shape>, homes: Iterable<HomePoint>): Move[] {
  const moves: Move[] = [];
  for (const { id, unit_id, lon, lat } of homes) {
    if (unit_id === null) continue;
    const now = after.get(unit_id);
    const before = coverage.shape(unit_id);
    if (!now || !before) continue;
    const place: Place = [lon, lat];
    if (!inShape(place, before) || inShape(place, now)) continue;
    for (const [to, shape] of after) {
      if (to !== unit_id && inShape(place, shape)) {
        moves.push({ home: id, from: unit_id, to });
        break;
      }
    }
  }
  return moves;
}

/** By how much each unit's count changes. */
export function deltas(moves: readonly Move[]): Map<string, number> {
  const by = new Map<string, number>();
  for (const { from, to } of moves) {
    if (from) by.set(from, (by.get(from) ?? 0) - 1);
    by.set(to, (by.get(to) ?? 0) + 1);
  }
  return by;
}

/** The homes inside a ring drawn by hand. */
export function inDrawnRing(grid: HomeGrid, ring: readonly Place[]): HomePoint[] {
  if (ring.length < 3) return [];
  return grid.within(boxOfPlaces(ring)).filter(({ lon, lat }) => inRing([lon, lat], ring));
}
