// The shapes of what the server says of posts: who holds them, who is proposed, whom to call.
import type { Appointment, Handover, How, UnitLine, Vetting } from "../people/wire";
import type { Level, Place } from "../wire";

/** The levels that have a chief, from the larger ground to the smaller. */
export const CHIEF_LEVELS: readonly Level[] = ["pian", "zu", "lin"];

export interface Holder {
  appointment: string;
  acting: boolean;
  how: How;
  since: string;
  officer: { id: string; name: string; phone: string };
}

export interface Post {
  post: string;
  level: Level;
  seats: number;
  holders: Holder[];
  vacant: number;
}

export interface PostUnit extends UnitLine {
  path: string;
  kind: string;
  parent_id: string | null;
  homes: number;
  place: Place | null;
}

export interface UnitPosts {
  unit: PostUnit;
  posts: Post[];
}

export type PostCounts = Partial<Record<Level, { posts: number; held: number; vacant: number }>>;

/** Who answers for a unit: its own chief, or whoever stands in for a vacant post (nobody: the village itself). */
export interface Answering {
  unit: UnitLine | null;
  holder: Holder | null;
  stands_in: boolean;
}

export interface UnitRecord extends UnitPosts {
  answering: Answering | null;
  elected: boolean;
  pool: string[];
  may_appoint: boolean;
  history: Appointment[];
  handovers: Handover[];
}

export interface VillageTree {
  unit_id: string;
  items: UnitPosts[];
  vacant: number;
}

export interface Person {
  id: string;
  name: string;
  code: string;
  party: boolean;
  tags: string[];
  vetting: Vetting;
  place: Place;
}

export interface ProposalRow {
  unit: Omit<PostUnit, "kind" | "parent_id">;
  person: Person | null;
  distance_m?: number;
  measure?: Measure;
  inside?: boolean;
  runner_up?: Person | null;
  runner_up_cost_m?: number | null;
  runner_up_outside?: number | null;
  runner_up_empty?: number | null;
  /** Where the post is elected: those who live there. */
  candidates?: { person: Person; distance_m: number; measure: Measure; inside: boolean }[];
  candidates_total?: number;
}

export interface Proposal {
  unit_id: string;
  level: Level;
  mode: Mode;
  /** How it was measured: in straight lines where no road is loaded. */
  along: Along;
  /** Whether any road is loaded. */
  roads: boolean;
  elected: boolean;
  held: number;
  posts: number;
  candidates: number;
  rows: ProposalRow[];
  infeasible: { why: string; sentence: string; empty: UnitLine[] }[];
  total_m: number | null;
  longest_m: number | null;
  proved: boolean;
  gap_m: number | null;
  without_place: { id: string; name: string; code: string }[];
}

export type Mode = "total" | "longest";
export type Along = "roads" | "straight";

/** Along roads; or straight: nearer than any road, no road within reach, no road that leads there, or none loaded. */
export type Measure = "road" | "near" | "far" | "apart" | "straight";

/** One appointment that a person chose. */
export interface Choice {
  unit_id: string;
  officer_id: string;
  post?: string;
  how?: How;
  acting?: boolean;
  reason?: string;
  elected_on?: string;
  result?: Record<string, unknown>;
  /** Whom the map had proposed, where another is taken. */
  proposed?: string;
  /** Why the present holder leaves. */
  replaces?: string;
}

export interface Taken {
  appointed: string[];
  handovers: string[];
}

export interface ChainStep {
  unit: UnitLine;
  level: Level;
  title: string;
  chief: Holder[];
  vacant: boolean;
  team: (Holder & { post: string; title: string })[];
}

export interface ContactChain {
  steps: ChainStep[];
  answering: Answering | null;
  masked: boolean;
}

/** Give the address of an appointment, or of something about it. */
export function appointmentPath(id: string, what = ""): string {
  return `/api/appointments/${encodeURIComponent(id)}${what && `/${what}`}`;
}

/** Give the address of what is known of a unit's posts ("posts") or of its tree ("tree"). */
export function unitPath(id: string, what: "posts" | "tree"): string {
  return `/api/units/${encodeURIComponent(id)}/${what}`;
}
