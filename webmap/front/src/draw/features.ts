// Turns the content into the map's features: shapes, counts, homes, lines; a unit's own features alone when it changes.
import type { Feature, FeatureCollection } from "geojson";
import type { DrawHome, DrawLine, DrawUnit, Place } from "../wire";
import type { Content } from "./content";

export function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

/** A unit's ground. */
export function unitFeature(content: Content, unit: DrawUnit): Feature | null {
  if (!unit.geometry) return null;
  const { id, level, locked, state } = unit;
  const leaf = content.isLeaf(unit);
  return { type: "Feature", id, properties: { id, level, leaf, locked, state, fill: fillOf(content, unit) }, geometry: unit.geometry };
}

/** The fill of the 片 that a unit lies in, its own where it lies in none; -1 for the bare colour of land. */
export function fillOf(content: Content, unit: DrawUnit): number {
  return (content.chain(unit.id).find(({ level }) => level === "pian") ?? unit).fill ?? -1;
}

/** A unit's words: the count of a leaf, the name of anything above. */
export function labelFeature(content: Content, unit: DrawUnit): Feature | null {
  const place = unit.label ?? middleOf(unit);
  if (!place) return null;
  const { id, level, homes, state, locked } = unit;
  const leaf = content.isLeaf(unit);
  const count = { ok: `${homes}`, near: `${homes}·`, broken: `▲${homes}` }[state];
  const name = unit.name || unit.code;
  return { type: "Feature", id, properties: { id, level, leaf, name, count, homes, state, locked }, geometry: { type: "Point", coordinates: place } };
}

function middleOf({ geometry }: DrawUnit): Place | null {
  const ring = geometry?.coordinates[0]?.[0];
  if (!ring || ring.length < 2) return null;
  const sum = ring.slice(1).reduce<Place>(([lon, lat], [x, y]) => [lon + x, lat + y], [0, 0]);
  return [sum[0] / (ring.length - 1), sum[1] / (ring.length - 1)];
}

/** A home's dot; `stack` tells how many stand on its very point, `tint` the colour of its 邻 (-1 for none). */
export function homeFeature(home: DrawHome, stack: number, tint = -1): Feature {
  const { id, unit_id, lon, lat, priority } = home;
  return { type: "Feature", id, properties: { id, unit_id: unit_id ?? "", tint, stack, priority }, geometry: { type: "Point", coordinates: [lon, lat] } };
}

export function lineFeature({ kind, name, geometry }: DrawLine): Feature {
  return { type: "Feature", properties: { kind, name }, geometry };
}

export function lockFeature({ line }: { line: Place[] }): Feature {
  return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } };
}
