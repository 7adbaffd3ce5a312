// Numbers, lengths, areas, dates and shares in the reader's own words.
import { t } from "../i18n/index";
import { pageData } from "../pagedata";

// 1 亩 is 10,000/15 m2 (State Council order of 27 February 1984 on legal units of measurement).
const M2_PER_MU = 10_000 / 15;

// One clock for all of China, on screen as in print, wherever the reader's machine thinks it is.
const CLOCK = { timeZone: "Asia/Shanghai" } as const;

const locale = () => (pageData.lang === "en" ? "en-GB" : "zh-CN");

/** A whole number with thousands separators. */
export function whole(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);
}

function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** A length given in metres: metres below one kilometre, else kilometres. */
export function length(metres: number): string {
  if (metres < 1000) return t("unit.metres", { n: decimal(metres, metres < 100 ? 1 : 0) });
  return t("unit.kilometres", { n: decimal(metres / 1000, 2) });
}

/** An area given in square metres, with 亩 beside it where people count in 亩. */
export function area(area_m2: number): string {
  const size =
    area_m2 < 1e6
      ? t("unit.square_metres", { n: decimal(area_m2, 0) })
      : t("unit.square_kilometres", { n: decimal(area_m2 / 1e6, 2) });
  return t("unit.area_with_mu", { size, mu: decimal(area_m2 / M2_PER_MU, area_m2 < 1e5 ? 1 : 0) });
}

/** A share of one as a percentage. */
export function share(value: number, digits = 1): string {
  return `${decimal(value * 100, digits)}%`;
}

/** A moment as people say it: 3月6日 周四 14:20, with the year where it is not this one. */
export function moment(iso: string | null | undefined, now: Date = new Date()): string {
  if (!iso) return "—";
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const clock = new Intl.DateTimeFormat(locale(), { ...CLOCK, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  const weekday = new Intl.DateTimeFormat(locale(), { ...CLOCK, weekday: "short" }).format(date);
  const yearOf = (day: Date) => new Intl.DateTimeFormat("en", { ...CLOCK, year: "numeric" }).format(day);
  const year = yearOf(date) === yearOf(now) ? {} : ({ year: "numeric" } as const);
  const month = pageData.lang === "en" ? "short" : "long";
  const day = new Intl.DateTimeFormat(locale(), { ...CLOCK, month, day: "numeric", ...year }).format(date);
  return pageData.lang === "en" ? `${weekday} ${day} ${clock}` : `${day} ${weekday} ${clock}`;
}

/** A day as people say it: 3月6日, with the year where it is not this one; takes 2026-03-06 as well as a moment. */
export function day(iso: string | null | undefined, now: Date = new Date()): string {
  if (!iso) return "—";
  const date = new Date(iso.length === 10 ? `${iso}T12:00:00+08:00` : iso);
  if (Number.isNaN(date.getTime())) return iso;
  const yearOf = (when: Date) => new Intl.DateTimeFormat("en", { ...CLOCK, year: "numeric" }).format(when);
  const year = yearOf(date) === yearOf(now) ? {} : ({ year: "numeric" } as const);
  const month = pageData.lang === "en" ? "short" : "long";
  return new Intl.DateTimeFormat(locale(), { ...CLOCK, month, day: "numeric", ...year }).format(date);
}
