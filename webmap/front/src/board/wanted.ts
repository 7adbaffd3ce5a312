// What the board shows; it stands in the address, so that a link opens the same.
import { query } from "../api";
import { GRADES, GRIDS, type Layer, LAYERS, UNIT_LEVELS } from "./wire";

/** The keys that the server reads, as it names them. */
export const ASKED = ["unit", "level", "at", "major", "grade", "age", "late", "bandwidth", "period"] as const;
export type Asked = Partial<Record<(typeof ASKED)[number], string>>;

export interface Wanted {
  layer: Layer;
  asked: Asked;
  /** The unit whose drawer is open, "figures" or "review" for those, "" for none. */
  open: string;
  /** Shown on a wall: no controls, and it refreshes by itself. */
  wall: boolean;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Read what an address asks for; what nobody can mean is left out. */
export function wantedOf(search: string): Wanted {
  const said = new URLSearchParams(search);
  const asked = Object.fromEntries(ASKED.map((key) => [key, said.get(key) ?? ""])) as Record<(typeof ASKED)[number], string>;
  if (!([...UNIT_LEVELS, ...GRIDS] as string[]).includes(asked.level)) asked.level = "";
  if (!(GRADES as readonly string[]).includes(asked.grade)) asked.grade = "";
  if (!DAY.test(asked.at)) asked.at = "";
  const layer = said.get("layer") as Layer | null;
  return { layer: layer && LAYERS.includes(layer) ? layer : "hotspots", asked: tidy(asked), open: said.get("open") ?? "", wall: said.get("wall") === "1" };
}

/** Write it back, without what goes without saying. */
export function addressOf({ layer, asked, open, wall }: Wanted): string {
  return query({ layer: layer === "hotspots" ? null : layer, ...asked, open: open || null, wall: wall ? "1" : null });
}

/** Leave out what does not filter. */
export function tidy(asked: Asked): Asked {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== "" && value !== undefined));
}

/** Give the address of one of the board's questions. */
export function askPath(what: string, asked: Asked, keys: readonly (typeof ASKED)[number][] = ASKED): string {
  return `/api/board/${what}${query(Object.fromEntries(keys.map((key) => [key, asked[key] ?? null])))}`;
}
