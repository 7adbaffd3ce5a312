// One issue: what it is, how it stands, what happened, and the steps that the reader may take now.
import { ApiError, ask } from "../api";
import { t } from "../i18n/index";
import { sayW, w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { icon } from "../ui/icons";
import { tell, tellError } from "../ui/toast";
import type { MapInfo } from "../wire";
import { clocksSection, partiesSection, placeSection, raiserSection } from "./cardparts";
import { issueChips, leftMark, placeWords, stateMark } from "./marks";
import { photosSection } from "./photos";
import { categoryName, namesIn, registry } from "./registry";
import { similarTo, similarWords } from "./similar";
import { isConflict, takeStep } from "./stepform";
import { stepBar } from "./steps";
import { symbolMark } from "./symbols";
import { tellEvents, type Told } from "./timeline";
import { type Full, issuePath, type Similar, type Step } from "./wire";

const EVENTS_SHOWN = 8;

export interface CardWish {
  info: MapInfo;
  /** Something about the issue has changed that the lists show as well. */
  changed: (issue: Full) => void;
  /** Another issue is to be opened. */
  open: (id: string) => void;
  close: () => void;
}

/** The card in its place at the side; it holds one issue at a time. */
export class IssueCard {
  readonly element = h("article", { class: "issue-card", "aria-live": "off" });
  private id = "";
  private taking = false;

  constructor(private readonly wish: CardWish) {}

  /** Show an issue; a slow answer for one that is not wanted any more is dropped. */
  async open(id: string, focus = true): Promise<void> {
    this.id = id;
    if (this.element.dataset["id"] !== id) fill(this.element, this.bar(null), h("p", { class: "card-wait muted", role: "status" }, w("card.loading")));
    try {
      const issue = await ask<Full>(issuePath(id));
      if (this.id === id) await this.show(issue, focus);
    } catch (error) {
      if (this.id !== id) return;
      fill(this.element, this.bar(null), h("p", { class: "card-wait", role: "alert" }, error instanceof ApiError && [403, 404, 410].includes(error.status) ? w("card.gone") : t("error.unknown")));
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Forget what is shown. */
  leave(): void {
    this.id = "";
    delete this.element.dataset["id"];
    fill(this.element);
  }

  private async show(issue: Full, focus: boolean, notes: HTMLElement[] = []): Promise<void> {
    const names = namesIn(issue, (await registry()).offices);
    if (this.id !== issue.id) return;
    const same = this.element.dataset["id"] === issue.id;
    const scroll = same ? (this.element.querySelector(".card-scroll")?.scrollTop ?? 0) : 0;
    this.element.dataset["id"] = issue.id;
    const now = new Date();
    fill(this.element, this.bar(issue), h("div", { class: "card-scroll" }, ...notes, ...this.parts(issue, names, now)), stepBar(issue, (step) => void this.take(issue, step)));
    this.element.querySelector(".card-scroll")?.scrollTo({ top: notes.length > 0 ? 0 : scroll });
    if (focus) this.element.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  private bar(issue: Full | null): HTMLElement {
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(`${location.origin}/issues?id=${issue?.id ?? ""}`);
        tell(w("card.linked"));
      } catch {
        // Without HTTPS a page may not write there: the address bar holds the same link.
        tell(`${location.origin}/issues?id=${issue?.id ?? ""}`);
      }
    };
    return h(
      "div",
      { class: "card-bar" },
      h("button", { type: "button", class: "quiet card-back", onclick: () => this.wish.close() }, icon("chevron"), w("card.back")),
      h("span", { class: "code" }, issue?.number ?? ""),
      h("span", { class: "spacer" }),
      issue ? h("button", { type: "button", class: "quiet", "aria-label": w("card.link"), title: w("card.link"), onclick: () => void copy() }, icon("link")) : null,
      issue ? h("a", { class: "quiet", href: `/ledger?id=${encodeURIComponent(issue.id)}`, "aria-label": w("card.print"), title: w("card.print") }, icon("print")) : null,
      h("button", { type: "button", class: "quiet card-shut", "aria-label": w("card.close"), title: w("card.close"), onclick: () => this.wish.close() }, icon("close")),
    );
  }

  private parts(issue: Full, names: (id: string) => string, now: Date): (HTMLElement | null)[] {
    return [
      head(issue, now),
      issue.merged_into ? this.merged(issue.merged_into) : null,
      clocksSection(issue, now),
      partiesSection(issue, names, now),
      photosSection(issue, issue.steps.some(({ kind }) => kind !== "noted")),
      timeline(tellEvents(issue)),
      placeSection(issue, this.wish.info),
      raiserSection(issue),
      facts(issue),
      this.similar(issue),
    ];
  }

  private merged(id: string): HTMLElement {
    return h("p", { class: "note row" }, w("card.merged_into"), h("button", { type: "button", class: "link", onclick: () => this.wish.open(id) }, w("card.open_other")));
  }

  private similar(issue: Full): HTMLElement {
    const list = h("ul", { class: "similar-list" });
    const row = (one: Similar) => h("li", {}, h("button", { type: "button", class: "similar-row", disabled: !one.number, onclick: () => this.wish.open(one.id) }, ...similarWords(one)));
    similarTo(issue).then(
      (found) => fill(list, ...(found.length > 0 ? found.map(row) : [h("li", { class: "muted" }, w("card.no_similar"))])),
      () => fill(list, h("li", { class: "muted" }, w("card.no_similar"))),
    );
    return h("section", {}, h("h3", {}, w("card.similar")), list);
  }

  // A second click while a step is under way is the same click.
  private async take(issue: Full, step: Step): Promise<void> {
    if (this.taking) return;
    this.taking = true;
    try {
      const fresh = await takeStep(issue, step, { ...(await registry()), info: this.wish.info });
      if (!fresh) return;
      await this.show(fresh, true);
      this.wish.changed(fresh);
    } catch (error) {
      if (isConflict(error)) await this.afterConflict(issue.id, error);
      else tellError(error);
    } finally {
      this.taking = false;
    }
  }

  // Somebody else was faster: what they did is said, and the issue is shown as it is now.
  private async afterConflict(id: string, error: ApiError): Promise<void> {
    try {
      const fresh = await ask<Full>(issuePath(id));
      const last = tellEvents(fresh).at(-1);
      const note = h(
        "div",
        { class: "note conflict", role: "alert" },
        h("strong", {}, w("conflict.title")),
        h("p", {}, w("conflict.text", { sentence: error.message })),
        last ? h("p", { class: "small" }, w("conflict.last", { event: last.sentence })) : null,
      );
      await this.show(fresh, true, [note]);
      this.wish.changed(fresh);
    } catch (again) {
      tellError(again);
    }
  }
}

function head(issue: Full, now: Date): HTMLElement {
  const { category, state, late, text, at, source } = issue;
  return h(
    "header",
    { class: "card-head" },
    h("div", { class: "row tight" }, stateMark(state, late), leftMark(issue, now), ...issueChips(issue)),
    h("h2", { tabindex: -1 }, symbolMark(category.symbol), categoryName(category)),
    h("p", { class: "card-text" }, text),
    h("p", { class: "muted small" }, [placeWords(issue), sayW("source", source), moment(at)].filter(Boolean).join(" · ")),
  );
}

function facts({ remedy, rating, device_at, skewed }: Full): HTMLElement | null {
  const rows = [
    remedy.length > 0 ? [w("card.remedy"), remedy.map((one) => sayW("remedy", one)).join("、")] : null,
    rating ? [w("card.rating"), sayW("score", rating)] : null,
    skewed && device_at ? [w("card.at"), `${w("card.device_at", { at: moment(device_at) })}（${w("card.skewed")}）`] : null,
  ].filter((one): one is [string, string] => one !== null);
  if (rows.length === 0) return null;
  return h("dl", { class: "facts" }, ...rows.map(([term, words]) => h("div", {}, h("dt", {}, term), h("dd", {}, words))));
}

// The latest first, because that is what is asked for; a long story unfolds.
function timeline(events: readonly Told[]): HTMLElement {
  const list = h("ol", { class: "timeline" });
  const latest = [...events].reverse();
  const show = (all: boolean) => fill(list, ...(all ? latest : latest.slice(0, EVENTS_SHOWN)).map(eventRow));
  show(false);
  const more = h("button", { type: "button", class: "link", hidden: latest.length <= EVENTS_SHOWN }, w("card.events_all", { n: latest.length }));
  more.addEventListener("click", () => {
    show(true);
    more.hidden = true;
  });
  return h("section", {}, h("h3", {}, w("card.events")), list, more);
}

function eventRow({ at, sentence, said, why, late }: Told): HTMLElement {
  return h(
    "li",
    { class: why ? "not-counted" : late ? "late" : "" },
    h("time", { datetime: at, class: "muted small" }, moment(at)),
    h("p", { class: "event-words" }, sentence),
    ...said.map((words) => h("p", { class: "event-said" }, words)),
    why ? h("p", { class: "small muted" }, `${w("why.title")}：${why}`) : null,
  );
}
