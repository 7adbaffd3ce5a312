// What happened to an issue, told in sentences: one for each kind of event, with what its author wrote below.
import { sayW, w } from "../i18n/issues";
import { moment } from "../ui/format";
import { over } from "./timeleft";
import type { Full, IssueEvent } from "./wire";

export interface Told {
  id: string;
  at: string;
  sentence: string;
  /** What was written by hand, line by line. */
  said: string[];
  /** Why it did not count; "" where it did. */
  why: string;
  late: boolean;
}

type Detail = Record<string, unknown>;
type Teller = (event: IssueEvent, before: readonly IssueEvent[]) => string;

/** Tell every event of an issue, the earliest first. */
export function tellEvents({ events }: Pick<Full, "events">): Told[] {
  return events.map((event, at) => {
    const before = events.slice(0, at).filter(({ counts }) => counts !== false);
    return {
      id: event.id,
      at: event.at,
      sentence: sentenceOf(event, before),
      said: saidIn(event),
      why: event.counts === false ? sayW("why", event.why) : "",
      late: event.kind === "signed_in" && lateBy(event, before) > 0,
    };
  });
}

/** Say one event. */
export function sentenceOf(event: IssueEvent, before: readonly IssueEvent[] = []): string {
  const teller = TELLERS[event.kind];
  return teller ? teller(event, before) : w("event.other", { by: who(event), kind: sayW("step", event.kind) });
}

function who({ by, capacity }: IssueEvent): string {
  if (isSystem(capacity)) return w("by.system");
  return by || w("by.unknown");
}

function isSystem(capacity: string): boolean {
  return capacity === "clock" || capacity === "net";
}

function word(detail: Detail, key: string): string {
  const value = detail[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function listOf(detail: Detail, key: string): string[] {
  const value = detail[key];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === "string" && value ? [value] : [];
}

function called({ detail }: IssueEvent, id: string): string {
  return detail.names?.[id] ?? w("to.unknown");
}

function party(event: IssueEvent): string {
  const { id } = (event.detail["goes_to"] ?? event.detail["to"] ?? {}) as { id?: string };
  return id ? called(event, id) : w("to.unknown");
}

const offices = (event: IssueEvent, key: string) => listOf(event.detail, key).map((id) => called(event, id)).join("、");
const plain = (key: Parameters<typeof w>[0]): Teller => (event) => w(key, { by: who(event) });

function lateBy(event: IssueEvent, before: readonly IssueEvent[]): number {
  const office = word(event.detail, "office");
  const whistle = [...before].reverse().find((one) => one.kind === "whistled" && listOf(one.detail, "offices").includes(office));
  const by = whistle ? word(whistle.detail, "sign_by") : "";
  return by ? new Date(event.at).getTime() - new Date(by).getTime() : 0;
}

const TELLERS: Record<string, Teller> = {
  reported: plain("event.reported"),
  valid: plain("event.valid"),
  not_valid: plain("event.not_valid"),
  accepted: (event) => {
    const unit = word(event.detail, "unit");
    return unit ? w("event.accepted_unit", { by: who(event), unit: called(event, unit) }) : w("event.accepted", { by: who(event) });
  },
  refused: (event) => w("event.refused", { by: who(event), to: party(event) }),
  dispatched: (event) => {
    const [to, helpers] = [party(event), offices(event, "helpers")];
    return helpers ? w("event.dispatched_helpers", { by: who(event), to, helpers }) : w("event.dispatched", { by: who(event), to });
  },
  whistled: (event) => w("event.whistled", { by: who(event), offices: offices(event, "offices"), sign_by: moment(word(event.detail, "sign_by")) }),
  signed_in: (event, before) => {
    const [office, late_ms] = [called(event, word(event.detail, "office")), lateBy(event, before)];
    return late_ms > 0 ? w("event.signed_in_late", { office, span: over(late_ms) }) : w("event.signed_in", { office });
  },
  whistle_rated: (event) => w("event.whistle_rated", { by: who(event), office: called(event, word(event.detail, "office")), stars: word(event.detail, "stars") }),
  progress: plain("event.progress"),
  checked: (event) =>
    w(event.detail["passed"] === false ? "event.checked_no" : "event.checked", { by: who(event), level: sayW("level", word(event.detail, "level")) }),
  mediated: (event, before) => {
    const n = before.filter(({ kind }) => kind === "mediated").length + 1;
    const result = word(event.detail, "result");
    const key = result === "agreed" ? "event.mediated_agreed" : result === "failed" ? "event.mediated_failed" : "event.mediated_not_yet";
    return w(key, { by: who(event), n });
  },
  solved: (event) => w("event.solved", { by: who(event), remedy: listOf(event.detail, "remedy").map((one) => sayW("remedy", one)).join("、") }),
  answered: (event) => w("event.answered", { by: who(event), how: sayW("how", word(event.detail, "how")) }),
  rated: (event) => {
    const score = sayW("score", word(event.detail, "score"));
    return event.capacity === "raiser" ? w("event.rated", { score }) : w("event.rated_for", { by: who(event), score });
  },
  reopened: plain("event.reopened"),
  closed: plain("event.closed"),
  merged: (event) => w("event.merged", { by: who(event), into: word(event.detail, "into_number") || w("to.other") }),
  escalated: (event) => {
    const to = party(event);
    if (!isSystem(event.capacity)) return w("event.escalated", { by: who(event), to });
    return w(event.detail["reason"] === "progress" ? "event.escalated_progress" : "event.escalated_clock", { to });
  },
  urged: (event) => (isSystem(event.capacity) ? w("event.urged_clock") : w("event.urged", { by: who(event) })),
  paused: (event) => {
    const until = word(event.detail, "until");
    return until ? w("event.paused_until", { by: who(event), until: moment(until) }) : w("event.paused", { by: who(event) });
  },
  resumed: (event) => (isSystem(event.capacity) ? w("event.resumed_clock") : w("event.resumed", { by: who(event) })),
  regraded: (event) => w("event.regraded", { by: who(event), grade: sayW("grade", word(event.detail, "grade")) }),
  recategorised: (event) => w("event.recategorised", { by: who(event), category: called(event, word(event.detail, "category_id")) }),
  moved: plain("event.moved"),
  voiced: (event) => {
    const n = Number(event.detail["voices"] ?? 0);
    return n > 0 ? w("event.voiced_merged", { n }) : w("event.voiced", { by: who(event) });
  },
  noted: plain("event.noted"),
  withdrawn: plain("event.withdrawn"),
  handed_over: (event) => w("event.handed_over", { to: party(event) }),
};

/** The kinds that have a sentence of their own. */
export const KINDS = Object.keys(TELLERS);

// What people wrote in their own words, with what else the sentence has no room for.
function saidIn({ kind, detail, capacity }: IssueEvent): string[] {
  // The report's own words stand at the head of the issue, and the system writes none.
  if (kind === "reported" || isSystem(capacity)) return [];
  const who_was_there = word(detail, "parties");
  return [
    who_was_there ? w("event.mediated_who", { parties: who_was_there }) : "",
    word(detail, "topic"),
    word(detail, "reason"),
    word(detail, "text"),
    word(detail, "note"),
    detail["line"] ? w("event.mediated_line") : "",
    kind === "dispatched" && detail["binding"] === true ? w("event.binding") : "",
  ].filter(Boolean);
}

