// What the server says of channels, notices, duties, and of who answers where.

export interface Channel {
  id: string;
  name: string;
  /** The kind of the address and its host, never a key. */
  shown: string;
  unit_id: string;
  office_id: string;
  /** The name of the unit or office whose notices go there, "" for the county. */
  ground: string;
  internal: boolean;
}

export interface Sending {
  id: string;
  text: string;
  channel: string;
  state: string;
  tries: number;
  at: string;
  error: string;
}

export interface Outbox {
  items: Sending[];
  next: string | null;
  counts: Record<string, number>;
}

export interface Duty {
  name: string;
  done_at: string | null;
  next_at: string;
  held: boolean;
  result: Record<string, number | string>;
}

export interface Named {
  id: string;
  name: string;
}

export interface Exception extends Named {
  codes: string[];
  office: Named;
}

export interface Items<T> {
  items: T[];
}
