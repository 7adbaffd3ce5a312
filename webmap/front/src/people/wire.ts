// The shapes of what the server says of officers, their posts and what passed from hand to hand.
import { query } from "../api";
import type { HomeShort, Level, Page, Place } from "../wire";

export type Vetting = "none" | "passed" | "failed";
export type How = "elected" | "named" | "residence";

export interface UnitLine {
  id: string;
  level: Level;
  code: string;
  name: string;
  /** No longer in the net. */
  gone?: boolean;
}

export interface PostHeld {
  appointment: string;
  level: Level;
  post: string;
  since: string;
  unit: UnitLine | null;
}

export interface Officer {
  id: string;
  code: string;
  name: string;
  phone: string;
  village: { id: string; name: string; code: string } | null;
  village_text: string;
  household: { id: string; code: string } | null;
  place: Place | null;
  party: boolean;
  tags: string[];
  vetting: Vetting;
  vetted_on: string;
  vetted_by: string;
  away: boolean;
  training_due: string;
  training_done: string;
  retired: boolean;
  retired_at: string | null;
  merged_into: string | null;
  has_id_no: boolean;
  masked: boolean;
  may_unmask: boolean;
  may_change: boolean;
  posts: PostHeld[];
}

/** What a chief answers for: homes, masked, of one of their units. */
export interface ChiefHomes extends Page<HomeShort> {
  units: UnitLine[];
  unit: string | null;
}

/** An appointment as the record of elections and changes tells it. */
export interface Appointment {
  id: string;
  officer: { id: string; name: string };
  level: Level;
  post: string;
  unit: UnitLine | null;
  acting: boolean;
  how: How;
  elected_on: string;
  result: ElectionResult;
  reason: string;
  from: string;
  to: string | null;
  ended_because: string;
  by: string;
}

export interface ElectionResult {
  votes?: number;
  of?: number;
}

export interface Handover {
  id: string;
  at: string;
  unit: UnitLine | null;
  to_unit: UnitLine | null;
  from: { id: string; name: string } | null;
  to: { id: string; name: string } | null;
  /** It went up to the chief above, because the post is vacant. */
  went_up: boolean;
  why: string;
  counts: Record<string, number>;
  by: string;
}

export interface OfficerCard extends Officer {
  id_no: string;
  /** The account of this person, null for none. */
  account: { id: string; name: string; disabled: boolean; must_change: boolean; last_seen: string | null } | null;
  /** Whether the reader may make, tie and untie it. */
  may_account: boolean;
  history: Appointment[];
  handovers: Handover[];
}

export interface Doubles extends Page<{ why: string; officers: Officer[] }> {}

/** What a list of officers is narrowed to. */
export interface Wanted {
  unit: string;
  text: string;
  tag: string;
  vetting: string;
  party: boolean;
  away: boolean;
  idle: boolean;
  retired: boolean;
}

/** Give the address of the list that is wanted, without what is not asked for. */
export function listPath(wanted: Wanted): string {
  const { unit, text, tag, vetting, party, away, idle, retired } = wanted;
  const flag = (on: boolean) => (on ? 1 : null);
  return `/api/officers${query({
    unit: unit || null,
    q: text || null,
    tag: tag || null,
    vetting: vetting || null,
    party: flag(party),
    away: flag(away),
    idle: flag(idle),
    retired: flag(retired),
  })}`;
}

/** Give the address of one officer, or of something about them. */
export function officerPath(id: string, what = ""): string {
  return `/api/officers/${encodeURIComponent(id)}${what && `/${what}`}`;
}
