// The moment whose net the page shows: `as_of` in the address, carried by every request for the net; none is now.
import { t } from "../i18n/index";
import { pageData } from "../pagedata";
import { moment } from "../ui/format";

const NAME = "as_of";
// One clock for all of China, as everywhere on these pages.
const COUNTY = "Asia/Shanghai";
const PAGES = ["/map", "/print"];
const OF_THE_NET = /^\/api\/(map|units|households|search|locate)(?=[/?]|$)/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
export const OLDEST = "1949-01-01";

interface Address {
  pathname: string;
  search: string;
}

/** Give today's date in the county, YYYY-MM-DD. */
export function today(now: Date = new Date()): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: COUNTY, year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Give the date or instant that a page shows the net of, or null for now; a day that is not yet over is now. */
export function asOf(address: Address = location): string | null {
  if (!PAGES.includes(address.pathname)) return null;
  const wanted = new URLSearchParams(address.search).get(NAME)?.trim() ?? "";
  return wanted === "" || wanted === today() ? null : wanted;
}

/** Add the moment to a request, if the page shows one and the request is for the net. */
export function withMoment(path: string, at: string | null = typeof location === "undefined" ? null : asOf()): string {
  if (at === null || !OF_THE_NET.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${NAME}=${encodeURIComponent(at)}`;
}

/** Give the template of the net's tile addresses. */
export function netTiles(version: string, at: string | null = asOf()): string {
  const moment = at === null ? "" : `?${NAME}=${encodeURIComponent(at)}`;
  return `/tiles/${version}/{z}/{x}/{y}.mvt${moment}`;
}

/** Give the query of an address that shows a moment; "" for now. */
export function queryOf(at: string | null): string {
  return at === null || at === today() ? "" : `?${NAME}=${encodeURIComponent(at)}`;
}

/** Say the moment: 3月6日, with the year where it is not this one; an instant with its hour. */
export function dayWords(at: string, now: Date = new Date()): string {
  if (!DATE.test(at)) return moment(at, now);
  const locale = pageData.lang === "en" ? "en-GB" : "zh-CN";
  const year = at.slice(0, 4) === today(now).slice(0, 4) ? {} : ({ year: "numeric" } as const);
  const month = pageData.lang === "en" ? "short" : "long";
  const noon = new Date(`${at}T12:00:00+08:00`);
  if (Number.isNaN(noon.getTime())) return at;
  return new Intl.DateTimeFormat(locale, { timeZone: COUNTY, month, day: "numeric", ...year }).format(noon);
}

/** Say on a sheet or a picture that what it shows is not today's; null for now. */
export function pastWords(at: string | null = asOf()): string | null {
  return at === null ? null : t("asof.badge", { day: dayWords(at) });
}
