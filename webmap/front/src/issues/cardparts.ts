// The parts of an issue's card: its clocks, where it lies and whose it is then and now, who takes part, who raised it.
import { ask } from "../api";
import { w, sayW } from "../i18n/issues";
import { may } from "../pagedata";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { length, moment } from "../ui/format";
import { icon } from "../ui/icons";
import { tellError, telling } from "../ui/toast";
import type { MapInfo } from "../wire";
import { holderWords, leftWords } from "./marks";
import { dueMoment, over, span, timeLeft } from "./timeleft";
import { type Full, issuePath, type Party, type Whistle } from "./wire";

const REASON_LEAST = 2;

/** Both clocks: the result that is owed, and the progress. They are two kinds of deadline and never mixed. */
export function clocksSection({ clocks, state }: Full, now: Date): HTMLElement {
  const { result, progress, paused_since } = clocks;
  const open = ["waiting", "in_hand"].includes(state);
  return h(
    "section",
    { class: "card-clocks", "aria-label": w("card.clocks") },
    clockBox(w("card.result"), resultWords(result, open, now)),
    progress.due || progress.last_at ? clockBox(w("card.progress"), progressWords(progress, open, now)) : null,
    paused_since && open ? h("p", { class: "note small" }, w("card.paused", { at: moment(paused_since) })) : null,
  );
}

function clockBox(words: string, told: (HTMLElement | null)[]): HTMLElement {
  return h("div", { class: "clock-box" }, h("span", { class: "muted small" }, words), ...told);
}

function resultWords(clock: Full["clocks"]["result"], open: boolean, now: Date): (HTMLElement | null)[] {
  if (clock.met_at) return [h("strong", {}, w("card.met", { at: moment(clock.met_at) }))];
  if (!clock.due) return [h("span", {}, w("card.no_result"))];
  return dueWords(clock.due, clock.late, open, now);
}

function progressWords(clock: Full["clocks"]["progress"], open: boolean, now: Date): (HTMLElement | null)[] {
  const last = clock.last_at ? h("span", { class: "muted small" }, w("card.told_last", { at: moment(clock.last_at) })) : null;
  return [...(clock.due ? dueWords(clock.due, clock.late, open, now) : []), last];
}

function dueWords(due: string, late: boolean, open: boolean, now: Date): (HTMLElement | null)[] {
  const left = open ? timeLeft(due, now, late) : null;
  return [left && h("strong", {}, leftWords(left)), h("span", { class: "muted small" }, dueMoment(due))];
}

/** Where it lies, on a small map, and whose it was then and is now. */
export function placeSection(issue: Full, info: MapInfo): HTMLElement {
  const box = h("div", { class: "card-map" });
  if (!may("see")) box.hidden = true;
  else void import("./placemap").then(({ placeMap }) => {
    if (!box.isConnected) return;
    const map = placeMap(box, { info, centre: [issue.lon, issue.lat], words: w("card.place") });
    map?.mark([issue.lon, issue.lat], issue.accuracy_m);
    const line = issue.events.map(({ detail }) => detail["line"] as { coordinates?: [number, number][] } | undefined).findLast((one) => one?.coordinates);
    if (line?.coordinates) map?.line(line.coordinates);
  }, tellError);
  const exact = issue.accuracy_m ? w("card.accuracy", { m: length(issue.accuracy_m) }) : "";
  const link = h("a", { href: `/map#16.50/${issue.lat.toFixed(5)}/${issue.lon.toFixed(5)}/${issue.unit?.id ?? ""}` }, w("card.on_map"));
  return h(
    "section",
    { class: "card-place" },
    h("h3", {}, w("card.place")),
    issue.place_text ? h("p", {}, issue.place_text) : null,
    box,
    h("p", { class: "small muted" }, [exact, exact && " · "].join(""), link),
    standings(issue),
    told(issue),
  );
}

function told({ parties }: Full): HTMLElement | null {
  const names = parties.filter(({ role }) => role === "told").map(({ name }) => name);
  return names.length > 0 ? h("p", { class: "small" }, `${w("card.told")}：${names.join("、")}`) : null;
}

function standings(issue: Full): HTMLElement {
  const [before, after] = [groundWords(issue.then.chain), groundWords(issue.now.chain)];
  const [chiefThen, chiefNow] = [issue.then.chief || w("card.no_chief"), chiefWords(issue)];
  if (before === after && chiefThen === chiefNow) return h("dl", { class: "facts" }, factRow(w("card.now"), after, chiefNow), h("div", {}, h("dt", { class: "reader" }, w("card.then")), h("dd", { class: "muted small" }, w("card.same"))));
  return h("dl", { class: "facts then-now" }, factRow(w("card.then"), before, chiefThen), factRow(w("card.now"), after, chiefNow));
}

function factRow(term: string, ground: string, chief: string): HTMLElement {
  return h("div", {}, h("dt", {}, term), h("dd", {}, h("span", {}, ground || "—"), h("br"), h("span", { class: "muted" }, `${w("card.chief")}：${chief}`)));
}

/** Say a place by its units below the town. */
export function groundWords(chain: Full["chain"]): string {
  return chain.filter(({ level }) => !["county", "town"].includes(level)).map(({ name }) => name).join(" › ");
}

/** Say who answers there today, and for which unit where somebody stands in. */
export function chiefWords({ now: { answering } }: Pick<Full, "now">): string {
  if (!answering) return w("card.no_chief");
  const name = answering.holder?.officer.name ?? "";
  if (!answering.stands_in) return name || w("card.no_chief");
  return w("card.stands_in", { who: [answering.unit?.name ?? "", name].filter(Boolean).join(" ") });
}

/** Who takes part beside the holder, and how the offices that were called came. */
export function partiesSection({ parties, whistles, holder, chain }: Full, names: (id: string) => string, now: Date): HTMLElement {
  const rows = parties.filter(({ id, role }) => id !== holder.id && role === "helper");
  return h(
    "section",
    { class: "card-parties" },
    h("h3", {}, w("card.holder")),
    h("p", {}, h("strong", {}, holderWords({ holder, chain }))),
    rows.length > 0 ? h("ul", { class: "party-list" }, ...rows.map(partyRow)) : null,
    ...whistles.map((whistle) => whistleBox(whistle, names, now)),
  );
}

function partyRow({ name, role }: Party): HTMLElement {
  return h("li", { class: "row" }, h("span", { class: "chip" }, sayW("role", role)), name);
}

function whistleBox({ called, signed, stars, sign_by, topic }: Whistle, names: (id: string) => string, now: Date): HTMLElement {
  const rows = called.map((office) => {
    const n = stars[office];
    return h("li", {}, h("span", {}, names(office)), signWords(signed[office] ?? null, sign_by ?? "", now), n ? h("span", { class: "stars" }, w("card.stars", { n })) : null);
  });
  const by = sign_by ? w("card.sign_by", { at: moment(sign_by) }) : "";
  return h("div", { class: "whistle" }, h("p", { class: "small" }, h("strong", {}, w("card.whistle")), ` ${[topic, by].filter(Boolean).join("，")}`), h("ul", {}, ...rows));
}

/** Say how one office came: in time, late, or not at all. */
export function signWords(signed_at: string | null, by: string, now: Date): HTMLElement {
  const late_ms = (when: Date) => (by ? when.getTime() - new Date(by).getTime() : 0);
  if (signed_at) {
    const late = late_ms(new Date(signed_at));
    return late > 0
      ? h("span", { class: "bad-words" }, w("card.signed_late", { at: moment(signed_at), span: over(late) }))
      : h("span", { class: "good-words" }, w("card.signed", { at: moment(signed_at) }));
  }
  const late = late_ms(now);
  return late > 0 ? h("span", { class: "bad-words" }, w("card.not_signed", { span: over(late) })) : h("span", { class: "muted" }, w("card.sign_wait", { span: span(-late) }));
}

/** Who raised it: masked, and in full only for a written reason. */
export function raiserSection({ id, raiser }: Full): HTMLElement {
  const place = h("div");
  const show = (name: string, phone: string, full: boolean) =>
    fill(
      place,
      h("p", { class: "row" }, h("span", {}, [name, phone].filter(Boolean).join(" ") || w("card.raiser_none")), full && phone ? h("a", { class: "button call", href: `tel:${phone.replace(/[^+\d]/g, "")}` }, icon("phone"), w("card.call")) : null),
      full ? h("p", { class: "muted small" }, w("card.unmasked")) : null,
      full || !raiser?.may_unmask ? null : h("button", { type: "button", class: "button", onclick: () => void open() }, icon("eye"), w("card.unmask")),
    );
  const open = async () => {
    const reason = await question({ title: w("card.unmask_title"), text: w("card.unmask_text"), confirm: w("card.unmask"), reason: { label: w("card.unmask_reason"), least: REASON_LEAST } });
    if (reason === null) return;
    const full = await telling(() => ask<{ name: string; phone: string }>(issuePath(id, "raiser"), { method: "POST", body: { reason } }));
    if (full) show(full.name, full.phone, true);
  };
  show(raiser?.name ?? "", raiser?.phone ?? "", false);
  return h("section", {}, h("h3", {}, w("card.raiser")), place);
}
