// The shapes of what the server says, as the HTTP contract names them. Places are [lon, lat] degrees, boxes [w, s, e, n].

export type Level = "county" | "town" | "village" | "pian" | "zu" | "lin";
export const LEVELS: readonly Level[] = ["county", "town", "village", "pian", "zu", "lin"];

export type Place = [number, number];
export type Box = [number, number, number, number];

export interface Page<T> {
  items: T[];
  next: string | null;
  /** How many there are in all; left out where counting would cost more than it tells. */
  total?: number;
}

export interface Unit {
  id: string;
  level: Level;
  code: string;
  name: string;
  path: string;
  kind: string;
  parent_id: string | null;
  homes: number;
  children: number;
  bbox: Box | null;
  /** How many problems lie inside; they are of today, so as of a moment there is nothing. */
  problems?: number;
  /** How many of the problems must be mended; the rest may stand. */
  errors?: number;
}

export interface ChainLink {
  id: string;
  level: Level;
  name: string;
  code: string;
}

export interface Violation {
  rule: string;
  severity: "error" | "warning";
  unit: ChainLink | null;
  sentence: string;
  place: Place | null;
}

export interface HistoryRow {
  publication: string;
  at: string;
  kind: string;
  reason: string;
  by: string;
  homes: number;
}

export interface UnitCard extends Unit {
  area_m2: number;
  chain: ChainLink[];
  rule: { low: number; high: number } | null;
  violations?: Violation[];
  history: HistoryRow[];
  centre: Place | null;
  state: string;
}

export interface HomeShort {
  id: string;
  code: string;
  address: string;
  building: string;
  entrance: string;
  floor: string;
  room: string;
  priority: boolean;
  lin_code?: string;
  lon: number;
  lat: number;
}

export interface HomeCard extends HomeShort {
  head_name: string;
  phone: string;
  chain: ChainLink[];
  masked: boolean;
  may_unmask: boolean;
}

export interface Found {
  kind: "unit" | "household";
  id: string;
  level: Level | "";
  label: string;
  detail: string;
  lon: number | null;
  lat: number | null;
  bbox: Box | null;
}

export interface BaseLayer {
  id: string;
  name: string;
  kind: "raster" | "pmtiles";
  url: string;
  /** The pictures to lay over each other, lowest first: a ground and its labels come apart. */
  urls?: string[];
  attribution: string;
  approval_no: string;
  min_zoom: number;
  max_zoom: number;
}

export interface MapInfo {
  county: { id: string; name: string; code: string; bbox: Box | null };
  synthetic: boolean;
  version: string;
  levels: Record<Level, string>;
  rule: { lin_homes_min: number; lin_homes_max: number; pian_zu_min: number; pian_zu_max: number };
  approval_no: string;
  base_layers: BaseLayer[];
  counts: Record<"town" | "village" | "pian" | "zu" | "lin" | "homes" | "homes_unassigned", number>;
  empty: boolean;
  scope_bbox: Box | null;
}

export interface Job {
  id: string;
  kind: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  share: number;
  message: string;
  result: Record<string, unknown> | null;
  error: string | { message: string } | null;
  at: string;
  by: string;
}

export interface Refusal {
  row: number;
  field: string;
  value: string;
  sentence: string;
}

export interface Preview {
  id: string;
  kind: "units" | "households" | "barriers" | "officers" | "categories" | "offices" | "holidays" | "faq" | "issues";
  level: Level | "" | null;
  /** Of issues: whose file it is, and which of its words stand for no category yet. */
  platform?: string;
  unknown?: string[];
  filename: string;
  state: string;
  /** The job that takes the file in, once confirmed. */
  job?: string | null;
  counts?: Record<string, number> | null;
  /** Why the file cannot be taken in as it is understood now; a column or a system must be chosen first. */
  problem?: { code: string; message: string } | null;
  /** Sentences about the file as a whole. */
  notes?: string[];
  /** Whether only the beginning of a long file was looked at. */
  partial?: boolean;
  encoding: string | null;
  layers: string[];
  layer: string | null;
  columns: string[];
  fields: { field: string; label: string; required: boolean }[];
  mapping: Record<string, string>;
  mapping_remembered: boolean;
  rows: number;
  sample: (string | number | null)[][];
  crs: CrsGuess | null;
  points: Place[];
  bbox: Box | null;
  accepted: number;
  refused: number;
  refusals: Refusal[];
  unchanged: number;
  changed: number;
  new: number;
}

export interface CrsGuess {
  crs: string;
  reason: string;
  sentence: string;
  swapped: boolean;
  confidence: number;
  alternatives: { crs: string; sentence: string; swapped?: boolean }[];
}

export interface ImportRow {
  id: string;
  kind: string;
  filename: string;
  state: string;
  rows: number | null;
  at: string;
  by: string;
  counts: Record<string, number> | null;
}

export type PlanState = "draft" | "review" | "approved" | "published" | "replaced" | "undone" | "superseded" | "dropped";

export interface Plan {
  id: string;
  name: string;
  unit: Pick<Unit, "id" | "level" | "code" | "name"> & Partial<Unit>;
  state: PlanState;
  at: string;
  by: string;
  revision?: number;
  note?: string;
  /** How a draft fares against the net in force, where that is known. */
  score?: { mean_m?: number | null; spread?: number | null; homes_moved?: number | null } | null;
  /** Which wish a draft followed: "near", "even" or "steady"; "" for a plan that was not drafted. */
  variant?: string;
  counts: Record<"pian" | "zu" | "lin" | "homes", number>;
  violations: { error: number; warning: number };
  objective_m2: number;
  proof: { worst_share: number; mean_share: number; optimal_share: number } | null;
}

export type PlanStep = "edit" | "undo" | "redo" | "send" | "recall" | "return" | "approve" | "publish" | "drop";

export interface PlanCard extends Omit<Plan, "violations"> {
  revision: number;
  violations: Violation[] | { error: number; warning: number };
  bbox?: Box | null;
  based_on?: string | null;
  /** The published net has moved on since the plan was made from it. */
  stale?: boolean;
  /** What the reader may do with the plan now. */
  may?: Partial<Record<PlanStep, boolean>>;
  problems?: Violation[];
}

export type CountState = "ok" | "near" | "broken";

/** A unit of a plan (or of the net in force) as /draw shows it; a vertex is known by exactly these coordinates. */
export interface DrawUnit {
  id: string;
  level: Level;
  code: string;
  name: string;
  kind: string;
  parent_id: string | null;
  path: string;
  homes: number;
  state: CountState;
  locked: boolean;
  fill: number | null;
  area_m2: number;
  label: Place | null;
  geometry: { type: "MultiPolygon"; coordinates: Place[][][] } | null;
}

export interface DrawHome {
  id: string;
  unit_id: string | null;
  lon: number;
  lat: number;
  code: string;
  address: string;
  building: string;
  entrance: string;
  floor: string;
  room: string;
  priority: boolean;
}

export interface DrawLine {
  kind: string;
  name: string;
  geometry: { type: "LineString"; coordinates: Place[] } | { type: "MultiLineString"; coordinates: Place[][] };
}

export interface PlanContent {
  plan_id: string | null;
  revision: number;
  /** Everything; else only what differs from the revision named in the request. */
  full: boolean;
  units: DrawUnit[];
  gone: string[];
  homes: (Pick<DrawHome, "id" | "unit_id"> & Partial<DrawHome>)[];
  lines?: DrawLine[];
  locks: { line: Place[] }[];
  problems: (Violation & { unit_id?: string | null })[];
  counts: Record<"pian" | "zu" | "lin" | "homes" | "error" | "warning", number>;
}

export interface EditReply {
  revision: number;
  act: string;
  sentence: string;
  content: PlanContent;
  may: NonNullable<PlanCard["may"]>;
}

export interface PlanChanges {
  homes_changed: number;
  units_new: number;
  units_gone: number;
  homes: number;
}

export interface Publication {
  id: string;
  seq: number;
  kind: "import" | "publish" | "undo";
  at: string;
  by: string;
  reason: string;
  unit: Unit | null;
  counts: Partial<Record<"homes" | "units" | "homes_changed" | "units_new" | "units_changed" | "units_gone", number>>;
  undone: boolean;
  may_undo: boolean;
  /** The plan that was put in force, of a publication by one. */
  plan_id: string | null;
}

export interface RoleHeld {
  role: string;
  scope_id: string;
  scope_name: string;
}

export interface Account {
  id: string;
  name: string;
  display_name: string;
  disabled: boolean;
  must_change: boolean;
  roles: RoleHeld[];
  /** What the posts of the person give whose account it is. */
  posts: RoleHeld[];
  officer_id: string | null;
  office_id: string | null;
  last_seen: string | null;
}

export interface AuditRow {
  at: string;
  by: string;
  act: string;
  object: string;
  detail: unknown;
}
