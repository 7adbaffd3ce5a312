// How much of a term is left, in the words people use: 还剩 1 天 3 小时, 超期 2 天.
import { w } from "../i18n/issues";
import { day, moment } from "../ui/format";
import type { Short } from "./wire";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How pressing it is: more than a day, the last day, over, or standing still. */
export type Press = "ease" | "soon" | "late" | "still";

export interface TimeLeft {
  words: string;
  press: Press;
}

/** Say a stretch of time by its two largest parts; below a minute is a minute. */
export function span(length_ms: number): string {
  const minutes = Math.max(1, Math.floor(length_ms / MINUTE_MS));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return hours > 0 ? w("span.days_hours", { days, hours }) : w("span.days", { n: days });
  if (hours > 0) return rest > 0 ? w("span.hours_minutes", { hours, minutes: rest }) : w("span.hours", { n: hours });
  return w("span.minutes", { n: rest });
}

/** Say a stretch that is over: whole days once there is one, for nobody counts the hours of a month's delay. */
export function over(length_ms: number): string {
  return length_ms >= DAY_MS ? w("span.days", { n: Math.floor(length_ms / DAY_MS) }) : span(length_ms);
}

/** Say what is left until a moment; `late` is the server's word, which counts where the reader's clock is wrong. */
export function timeLeft(due: string | null | undefined, now: Date, late = false): TimeLeft | null {
  if (!due) return null;
  const left_ms = new Date(due).getTime() - now.getTime();
  if (Number.isNaN(left_ms)) return null;
  if (late || left_ms <= 0) return { words: w("left.late", { span: over(Math.max(-left_ms, 0)) }), press: "late" };
  return { words: w("left.some", { span: span(left_ms) }), press: left_ms <= DAY_MS ? "soon" : "ease" };
}

/** Say how an issue stands with its clock, in a list; nothing where nothing is owed any more. */
export function issueLeft({ due, late, paused, state }: Pick<Short, "due" | "late" | "paused" | "state">, now: Date): TimeLeft | null {
  if (["closed", "merged", "withdrawn"].includes(state)) return null;
  if (paused) return { words: w("left.paused"), press: "still" };
  return timeLeft(due, now, late);
}

/** Say when a term ends. A day that ends at midnight is that day's 24:00, not the next one's 00:00. */
export function dueMoment(due: string, now: Date = new Date()): string {
  const at = new Date(due).getTime();
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  return clock === "00:00" ? w("due.end_of", { day: day(new Date(at - MINUTE_MS).toISOString(), now) }) : moment(due, now);
}
