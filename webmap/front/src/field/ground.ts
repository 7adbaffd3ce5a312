// One's own units among those that the phone holds, and how a place is called by them.
import { f, sayF } from "../i18n/field";
import { answering, chainOf, type Ground } from "./inside";
import type { FieldUnit, Scope } from "./wire";

const DEEP = ["lin", "zu", "pian", "village", "town", "county"];

/** Give the units that a person looks after: those whose homes they hold; else the deepest chief's post in their own name. */
export function ownUnits({ units, homes }: Scope): FieldUnit[] {
  const held = new Set(homes.map(({ lin }) => lin));
  const leaves = units.filter(({ id }) => held.has(id));
  if (leaves.length === 0) return [];
  // One unit that holds them all says more than its parts: the deepest whose path begins all of theirs.
  const common = units
    .filter((one) => one.level !== "county" && leaves.every(({ path }) => path.startsWith(one.path)))
    .sort((one, other) => DEEP.indexOf(one.level) - DEEP.indexOf(other.level));
  return common[0] ? [common[0]] : leaves;
}

/** Give the 邻 that may be chosen as a place: those whose border the phone holds, deepest only. */
export function leavesOf({ units }: Scope): FieldUnit[] {
  const parents = new Set(units.map(({ parent }) => parent));
  return units.filter(({ id, border }) => border !== null && !parents.has(id)).sort((one, other) => one.path.localeCompare(other.path));
}

/** Say whose ground it is: the unit with the one above it, and who answers there. */
export function groundWords(scope: Scope, { chain }: Ground): string {
  const own = chain.slice(-2).map(({ name }) => name).join(" › ");
  const who = answering(scope.posts, chain);
  const chief = who ? f("report.place_chief", { level: sayF("chief", who.unit.level), name: who.post.name }) : f("report.place_vacant");
  return f("report.place_own", { name: own, chief });
}

/** Give a unit's name with the one above it. */
export function longName({ units }: Scope, unit: FieldUnit): string {
  return chainOf(units, unit).slice(-2).map(({ name }) => name).join(" › ");
}

/** Give a place inside a unit, for where only the unit is known: the middle of its border's box. */
export function middleOf({ border }: FieldUnit): [number, number] {
  const rings = border?.type === "Polygon" ? border.coordinates : (border?.coordinates.flat() ?? []);
  const places = rings.flat() as readonly (readonly number[])[];
  const [lons, lats] = [places.map(([lon = 0]) => lon), places.map(([, lat = 0]) => lat)];
  return [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2];
}

/** Give the box around the borders of units, west, south, east, north; null where there is none. */
export function boxOf(units: readonly FieldUnit[]): [number, number, number, number] | null {
  const places = units.flatMap(({ border }) => (border ? ((border.type === "Polygon" ? border.coordinates : border.coordinates.flat()) as readonly (readonly number[])[][]).flat() : []));
  if (places.length === 0) return null;
  const [lons, lats] = [places.map(([lon = 0]) => lon), places.map(([, lat = 0]) => lat)];
  const least = (all: number[]) => all.reduce((one, other) => Math.min(one, other));
  const most = (all: number[]) => all.reduce((one, other) => Math.max(one, other));
  return [least(lons), least(lats), most(lons), most(lats)];
}
