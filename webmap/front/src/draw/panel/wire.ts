// What the server says to the panels of the redrawing page alone: repairs, revisions, comparisons, comments, changes.
import type { Place, Publication } from "../../wire";

export interface Move {
  /** "" for a 邻 that is still to be made. */
  unit_id: string;
  home_ids: string[];
}

export interface Repair {
  kind: string;
  sentence: string;
  homes_moved: number;
  distance_m: number;
  optimal: boolean;
  moves: Move[];
  sizes: { unit_id: string; name: string; before: number; after: number }[];
}

export interface Repairs {
  items: Repair[];
  /** Why there is none, in a sentence. */
  reason: string | null;
}

export interface Revision {
  number: number;
  parent: number | null;
  /** The revision whose content this one has: its own number, or that which an undo, redo or return brought back. */
  stands_for: number;
  act: string;
  by: string;
  at: string;
  sentence: string;
  units: number;
  homes: number;
}

export interface UnitShort {
  id: string;
  name: string;
  code: string;
}

export interface HomeMoved {
  home: { id: string; code: string; address: string; lon: number; lat: number };
  from: UnitShort | null;
  to: UnitShort | null;
}

export interface Comparison {
  a: { title?: string };
  b: { title?: string };
  homes_moved: number;
  homes: number;
  units_new: number;
  units_gone: number;
  units_changed: number;
  sentence: string;
  items: HomeMoved[];
  next: string | null;
  total?: number;
}

export interface Remark {
  id: string;
  kind: "comment" | "sent" | "returned" | "approved" | "recalled";
  text: string;
  place: Place | null;
  unit_id: string | null;
  by: string;
  at: string;
  revision: number;
  settled: boolean;
}

/** A post that ends because its unit is gone. */
export interface PostEnded {
  unit: UnitShort & { full_name: string };
  officer: { id: string; name: string };
}

/** What publishing would change; without a key where the county keeps no such thing. */
export interface Changes {
  homes: number;
  homes_changed: number;
  units_new: number;
  units_changed: number;
  units_gone: number;
  issues_open?: number;
  visits_due?: number;
  posts_vacant?: { new: number; ended: number; items: PostEnded[] };
}

export type Entry = Publication;

/** The address of a plan's own room on the server. */
export function planPath(id: string, rest = ""): string {
  return `/api/plans/${encodeURIComponent(id)}${rest}`;
}

/** An id made here, so that a request sent twice is done once; also where a page is served without HTTPS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
