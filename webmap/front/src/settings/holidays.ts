// The days off and the weekend days at work by which deadlines in working days are counted: shown and changed by year.
import { ask } from "../api";
import { t } from "../i18n/index";
import { g } from "../i18n/settings";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { tell, telling } from "../ui/toast";

interface Holidays {
  off: string[];
  on: string[];
}

const PATH = "/api/holidays";

/** Give the section. */
export function holidaysSection(): HTMLElement {
  const list = h("ul", { class: "plain-list", id: "holidays" });
  let kept: Holidays = { off: [], on: [] };
  const show = (found: Holidays) => {
    kept = found;
    const years = yearsOf(found);
    fill(list, ...(years.length ? years.map(row) : [h("li", { class: "muted" }, g("holidays.none"))]));
  };
  const row = (year: string) => {
    const { off, on } = ofYear(kept, year);
    const words = g("holidays.counts", { off: off.length, on: on.length });
    const button = h("button", { type: "button", class: "link", "aria-label": `${g("holidays.change")} ${year}`, onclick: () => void edit(year) }, g("holidays.change"));
    return h("li", { class: "row" }, h("span", {}, g("holidays.year", { year }), " ", h("span", { class: "muted small" }, words)), button);
  };
  const edit = async (year: string) => {
    const found = await yearForm(year, kept);
    if (!found) return;
    show(found);
    tell(g("holidays.done"));
  };
  void telling(async () => show(await ask<Holidays>(PATH)));
  const add = h("button", { type: "button", class: "button", onclick: () => void edit(String(nextYear(kept))) }, g("holidays.add"));
  return h("section", {}, h("h2", {}, g("holidays.title")), h("p", { class: "muted" }, g("holidays.text")), list, add);
}

async function yearForm(year: string, kept: Holidays): Promise<Holidays | null> {
  const held = ofYear(kept, year);
  const off = h("textarea", { rows: 6, spellcheck: "false" });
  const on = h("textarea", { rows: 3, spellcheck: "false" });
  off.value = shorten(held.off);
  on.value = shorten(held.on);
  const send = () => {
    const others = (days: string[]) => days.filter((day) => !day.startsWith(`${year}-`));
    const body = { off: [...others(kept.off), ...spread(off.value, year)], on: [...others(kept.on), ...spread(on.value, year)] };
    return ask<Holidays>(PATH, { method: "PUT", body });
  };
  const fields = [field(g("holidays.off"), off, g("holidays.hint")), field(g("holidays.on"), on)];
  return formDialog(g("holidays.year", { year }), fields, send, t("save"));
}

function yearsOf({ off, on }: Holidays): string[] {
  return [...new Set([...off, ...on].map((day) => day.slice(0, 4)))].sort().reverse();
}

function ofYear({ off, on }: Holidays, year: string): Holidays {
  const mine = (days: string[]) => days.filter((day) => day.startsWith(`${year}-`));
  return { off: mine(off), on: mine(on) };
}

function nextYear(kept: Holidays): number {
  const known = new Set(yearsOf(kept));
  let year = new Date().getFullYear();
  while (known.has(String(year))) year += 1;
  return year;
}

const DAY_MS = 86_400_000;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Write days as people do, running days as "2-15 ~ 2-23": one a line. */
export function shorten(days: readonly string[]): string {
  const runs: [string, string][] = [];
  for (const day of [...days].sort()) {
    const last = runs.at(-1);
    if (last && at(day) - at(last[1]) === DAY_MS) last[1] = day;
    else runs.push([day, day]);
  }
  const plain = (day: string) => day.slice(5).split("-").map(Number).join("-");
  return runs.map(([from, to]) => (from === to ? plain(from) : `${plain(from)} ~ ${plain(to)}`)).join("\n");
}

/** Read what `shorten` writes; what is no day is left as it is, for the server to say so. */
export function spread(text: string, year: string): string[] {
  return text
    .split(/[\n,，、;；]+/)
    .map((part) => part.trim())
    .filter(Boolean)
    .flatMap((part) => {
      const [from = "", to = from] = part.split(/\s*[~～至到]\s*/).map((day) => full(day, year));
      const [first, last] = [at(from), at(to)];
      if (Number.isNaN(first) || Number.isNaN(last) || last < first || last - first > 40 * DAY_MS) return [part];
      return Array.from({ length: (last - first) / DAY_MS + 1 }, (_, n) => dayOf(first + n * DAY_MS));
    });
}

function full(day: string, year: string): string {
  const [, y = year, month = "", date = ""] = /^(?:(\d{4})[-年./])?(\d{1,2})[-月./](\d{1,2})日?$/.exec(day.trim()) ?? [];
  return `${y}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
}
