// The shapes of what the server says of the board, as the HTTP contract names them.
import type { Box, ChainLink, Level, Place } from "../wire";

export const LAYERS = ["hotspots", "heat", "patterns", "silent"] as const;
export type Layer = (typeof LAYERS)[number];
export const UNIT_LEVELS = ["town", "village", "pian", "zu", "lin"] as const;
export const GRIDS = ["square", "hex"] as const;
export const GRADES = ["instant", "ordinary", "harder", "complex"] as const;
export const SPELLS = ["30d", "90d", "365d"] as const;
export type Shift = "before" | "year_before";

export interface Defined {
  title: string;
  formula: string;
  top: string;
  bottom: string;
  unit: "share" | "each" | "count";
  better: number;
  source: string;
}

export interface Counted {
  top: number;
  bottom: number;
  value: number | null;
}

export type Told = Counted & Record<Shift, Counted & { change: number | null }>;

export interface Figures {
  at: string;
  unit: { id: string; level: Level; name: string } | null;
  row: string[];
  open: number;
  late: number;
  spells: Record<"now" | Shift, { name: string; begin: string; end: string }>;
  figures: Record<string, Told>;
  defined?: Record<string, Defined>;
}

export interface Marked {
  id: string;
  name: string;
  mark: string;
  q?: number;
  sentence?: string;
  issues?: number;
  hot_months?: number;
}

export type Shapes = GeoJSON.FeatureCollection<GeoJSON.Geometry, Marked>;

export interface MapTold {
  level: string;
  levels: string[];
  at: string;
  units: number;
  issues: number;
  shapes: Shapes;
  dots?: GeoJSON.FeatureCollection<GeoJSON.Point, { id: string; name: string; n: number }>;
  places?: { id: string; name: string; sentence: string; place: Place; units: number }[];
  tested?: string;
  caution?: string;
  try?: string;
  homes?: number;
  left_out?: number;
  band_m?: number;
  kinds?: Record<string, number>;
  enough?: number;
  visits?: number;
  days?: number;
}

export interface HeatTold {
  at: string;
  corners: [Place, Place, Place, Place] | null;
  issues: number;
  bandwidth_m: number;
  most: number;
}

export interface Month {
  month: string;
  raised: number;
  solved: number;
  open: number;
}

export interface Stop {
  at: string;
  open: number;
  late: number;
}

export interface IssueLine {
  id: string;
  number: string;
  text: string;
  late: boolean;
  at: string;
  category: { name: string };
}

export interface UnitTold {
  unit: { id: string; level: Level; name: string; homes: number };
  chain: ChainLink[];
  box: Box | null;
  summary: Figures;
  trend: Month[];
  hot: { hot: boolean } | null;
  sentence: string;
  issues: { items: IssueLine[]; total: number; late: number };
  next_level: string;
}
