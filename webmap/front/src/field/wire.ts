// The shapes of what a phone holds and sends, as the server tells and takes them.
import type { Category, Holder, Short, Step } from "../issues/wire";
import type { Level, Place } from "../wire";

/** The client's own version; the server names the least that it still understands in full. */
export const CLIENT = 1;

export type Ring = readonly (readonly number[])[];
export type Border = { type: "Polygon"; coordinates: readonly Ring[] } | { type: "MultiPolygon"; coordinates: readonly (readonly Ring[])[] };

export interface FieldUnit {
  id: string;
  parent: string | null;
  level: Level;
  code: string;
  name: string;
  path: string;
  homes: number;
  border: Border | null;
}

export interface Post {
  unit: string;
  post: string;
  name: string;
  phone: string;
  vacant: boolean;
}

export interface FieldHome {
  id: string;
  code: string;
  address: string;
  building: string;
  entrance: string;
  floor: string;
  room: string;
  lon: number;
  lat: number;
  priority: boolean;
  lin: string;
  last_visit: string | null;
  due: string | null;
  state: "due" | "overdue" | "done";
}

export interface FieldIssue extends Short {
  steps: Step[];
  last: string;
}

export interface Errand {
  kind: string;
  name: string;
  name_en: string;
}

export interface Scope {
  format: number;
  net_version: number;
  at: string;
  least_client: number;
  account: { id: string; name: string; display_name: string; rights: string[] };
  modules: { visits: boolean; residents: boolean };
  units: FieldUnit[];
  posts: Post[];
  homes: FieldHome[];
  categories: Category[];
  issues: FieldIssue[];
  errands: Errand[];
  outcomes: string[];
  faq: { question: string; answer: string }[];
}

export type { Category, Holder, Place, Short, Step };
