// The shapes of what the server says of issues, and the addresses where it is asked.
import type { Answering } from "../posts/wire";
import type { ChainLink, Level, Place } from "../wire";

/** The states of an issue in the order of its life. */
export const STATES = ["waiting", "in_hand", "solved", "answered", "closed", "merged", "withdrawn"] as const;
export type State = (typeof STATES)[number];

/** Those that somebody still owes something on. */
export const OPEN_STATES: readonly State[] = ["waiting", "in_hand", "solved", "answered"];

export const GRADES = ["instant", "ordinary", "harder", "complex"] as const;
export type Grade = (typeof GRADES)[number];

export const SOURCES = ["app", "desk", "phone", "chat", "box", "reception", "patrol", "file", "resident"] as const;
export type Source = (typeof SOURCES)[number];

export interface Category {
  id: string;
  scheme: string;
  version: string;
  code: string;
  kind: string;
  major: string;
  name: string;
  name_en?: string;
  grade: Grade;
  level: Level | "";
  restricted: boolean;
  symbol: string;
}

export interface Office {
  id: string;
  code: string;
  name: string;
}

export interface Holder {
  kind: "unit" | "office";
  id: string;
  name: string;
  level: Level | "";
  officer?: string;
}

export interface Short {
  id: string;
  number: string;
  category: Pick<Category, "id" | "code" | "name" | "symbol" | "major">;
  grade: Grade;
  state: State;
  late: boolean;
  due: string | null;
  result_due: string | null;
  progress_due: string | null;
  paused: boolean;
  text: string;
  place_text: string;
  chain: ChainLink[];
  unit: ChainLink | null;
  holder: Holder;
  source: Source;
  at: string;
  voices: number;
  /** How many photos have come, and how many were announced. */
  photos: number;
  photos_told: number;
  rating: string;
  bounces: number;
  reopened: number;
  level: Level | "";
  lon: number;
  lat: number;
  restricted: boolean;
  merged_into: string | null;
  closed_at: string | null;
}

export interface IssueEvent {
  id: string;
  kind: string;
  at: string;
  device_at: string | null;
  by: string;
  capacity: string;
  level: Level | "";
  /** What was said, and under `names` how the ids in it are called. */
  detail: Record<string, unknown> & { names?: Record<string, string> };
  lon: number | null;
  lat: number | null;
  /** Whether it took part in what the issue is now; else `why` not. */
  counts: boolean;
  why: string;
}

/** Something to fill in for a step: of which kind, out of which choices, and whether it may stay empty. */
export interface StepField {
  name: string;
  kind: FieldKind;
  choices?: string[];
  optional?: boolean;
}

export type FieldKind =
  | "text"
  | "choice"
  | "party"
  | "offices"
  | "office"
  | "issue"
  | "unit"
  | "category"
  | "remedy"
  | "stars"
  | "moment"
  | "flag"
  | "line"
  | "place";

export interface Step {
  kind: string;
  fields: StepField[];
}

/** Offices called to an issue: who signed in when, how their coming was rated. */
export interface Whistle {
  id: string;
  at: string;
  sign_by: string | null;
  topic: string;
  called: string[];
  signed: Record<string, string>;
  stars: Record<string, number>;
  missing: string[];
}

export interface Party {
  kind: "unit" | "office";
  id: string;
  name: string;
  role: string;
  sign_by: string | null;
}

export interface Full extends Short {
  events: IssueEvent[];
  steps: Step[];
  then: { chain: ChainLink[]; chief: string };
  now: { chain: ChainLink[]; answering: Answering | null };
  clocks: {
    result: { due: string | null; met_at: string | null; late: boolean };
    progress: { due: string | null; last_at: string | null; late: boolean };
    paused_since: string | null;
  };
  parties: Party[];
  whistles: Whistle[];
  raiser: { name: string; phone: string; may_unmask: boolean } | null;
  outcome: string;
  remedy: string[];
  sessions: number;
  mine: boolean;
  accuracy_m: number | null;
  place_source: string;
  device_at: string | null;
  skewed: boolean;
  accepted_at: string | null;
  solved_at: string | null;
  answered_at: string | null;
}

export interface Found {
  items: Short[];
  next: string | null;
  total: number;
  late: number;
}

export interface Column {
  state: State;
  total: number;
  late: number;
  items: Short[];
  next: string | null;
}

export interface PointProperties {
  id: string;
  number: string;
  state: State;
  late: boolean;
  code: string;
  symbol: string;
  name: string;
}

export interface Points {
  type: "FeatureCollection";
  features: { type: "Feature"; geometry: { type: "Point"; coordinates: Place }; properties: PointProperties }[];
  more?: number;
}

export const TRAYS = ["in_tray", "overdue", "whistles", "checks", "answers", "reviews"] as const;
export type TrayName = (typeof TRAYS)[number];

export interface Tray {
  total: number;
  late: number;
  items: Short[];
}

export interface Console {
  unit: { id: string; level: Level; name: string } | null;
  office: { id: string; name: string } | null;
  trays: Partial<Record<TrayName, Tray>>;
  /** Of the results of the last year: how many came in time, of how many; open overdue ones count as not in time. */
  on_time: { met: number; of: number };
}

export interface Photo {
  id: string;
  stage: "before" | "after" | "check";
  name: string;
  by: string;
  at: string;
  state: "waiting" | "ready" | "refused";
  /** Why it was refused, in words. */
  sentence: string;
  hidden: boolean;
}

export interface Photos {
  /** How many were spoken of, and how many are here. */
  expected: number;
  stored: number;
  items: Photo[];
  may_hide: boolean;
}

/** An open issue near a place that may be the same; who may not read it is told only that there is one. */
export interface Similar {
  id: string;
  category: Pick<Category, "id" | "name" | "symbol">;
  distance_m: number;
  day: string;
  state: State;
  number?: string;
  text?: string;
  voices?: number;
}

export interface SavedView {
  id: string;
  name: string;
  query: Record<string, string>;
}

/** A unit that a message may mean. */
export interface NamedUnit {
  id: string;
  level: Level;
  name: string;
  chain: string[];
}

/** What the server read out of a pasted message, and why each thing is thought so. */
export interface Draft {
  text: string;
  category: Category | null;
  categories: Category[];
  place: { unit: NamedUnit; lon: number; lat: number; place_text: string } | null;
  places: NamedUnit[];
  raiser: { name: string; phone: string } | null;
  hints: { field: string; why: string; sentence: string }[];
}

/** A row of the 三单台账: the order, who took it, how it was rated. */
export interface LedgerRow extends Short {
  accepted_at: string | null;
  solved_at: string | null;
  remedy: string[];
  answered_at: string | null;
  answer: string;
  rated_text: string;
}

/** A question that is asked often, with its answer. */
export interface FaqRow {
  id: string;
  question: string;
  answer: string;
}

/** Give the address of an issue, or of something about it. */
export function issuePath(id: string, what = ""): string {
  return `/api/issues/${encodeURIComponent(id)}${what && `/${what}`}`;
}

/** Give the address of a step of an issue, whose id the page has made. */
export function stepPath(id: string, eventId: string): string {
  return issuePath(id, `events/${encodeURIComponent(eventId)}`);
}

/** Give the address of a photo, as a thumbnail or in full. */
export function photoPath(id: string, size: "thumb" | "full"): string {
  return `/api/photos/${encodeURIComponent(id)}?size=${size}`;
}
