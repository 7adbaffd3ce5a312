// The right side of the posts page: counts of the chosen unit, the proposal for a level, who is in office, the team.
import { ask, query } from "../api";
import { p, title } from "../i18n/people";
import { t } from "../i18n/index";
import { may } from "../pagedata";
import { handoverLine, termLine } from "../people/record";
import { fill, h } from "../ui/dom";
import { length, whole } from "../ui/format";
import { icon } from "../ui/icons";
import { sentence } from "../api";
import { telling } from "../ui/toast";
import { type Level, LEVELS, type MapInfo, type UnitCard } from "../wire";
import { candidateList } from "./candidates";
import { holderList } from "./holders";
import { linesOf, proposalTable } from "./proposal";
import { namePost, recordElection } from "./naming";
import { namesIn, type NameOf, plainName } from "./names";
import type { PostMap } from "./postmap";
import { teamSection } from "./team";
import { alongChoice } from "./measure";
import { type Along, CHIEF_LEVELS, type Mode, type PostCounts, type Proposal, type UnitRecord, unitPath } from "./wire";

export interface PanelWish {
  info: MapInfo;
  map: PostMap | null;
  /** Somebody was appointed or left: what else shows posts asks anew. */
  changed: (unit: UnitCard) => void;
  /** The address of what is shown. */
  address: (unit: string, level: Level, mode: Mode, along: Along) => void;
}

const MODES: readonly Mode[] = ["total", "longest"];

/** The panel of one chosen unit after the other. */
export class PostPanel {
  readonly element = h("div", { class: "posts-body" });
  private unit: UnitCard | null = null;
  private record: UnitRecord | null = null;
  private counts: PostCounts = {};
  private nameOf: NameOf = plainName;
  private asked = 0;

  constructor(
    private readonly wish: PanelWish,
    private level: Level | null,
    private mode: Mode,
    private along: Along,
  ) {
    fill(this.element, h("p", { class: "muted posts-hint" }, p("posts.pick")));
  }

  /** Show a unit: its counts at once, its proposal as soon as it is found. */
  async open(unitId: string): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    const id = encodeURIComponent(unitId);
    const found = await telling(() =>
      Promise.all([
        ask<UnitCard>(`/api/units/${id}`),
        ask<UnitRecord>(unitPath(unitId, "posts")),
        ask<{ counts: PostCounts }>(`/api/posts${query({ unit: unitId, limit: 1 })}`),
      ]),
    );
    if (!found || mine !== this.asked) return;
    [this.unit, this.record, { counts: this.counts }] = found;
    const village = this.villageId();
    this.nameOf = village ? ((await telling(() => namesIn(village))) ?? plainName) : plainName;
    if (mine !== this.asked) return;
    this.wish.map?.outline(unitId);
    if (!this.levels().includes(this.level as Level)) this.level = null;
    this.level ??= this.firstVacant();
    this.show();
  }

  private levels(): Level[] {
    const depth = LEVELS.indexOf(this.unit?.level ?? "county");
    return CHIEF_LEVELS.filter((level) => LEVELS.indexOf(level) >= depth && (this.counts[level]?.posts ?? 0) > 0);
  }

  private firstVacant(): Level | null {
    const levels = this.levels();
    return levels.find((level) => (this.counts[level]?.vacant ?? 0) > 0) ?? levels[0] ?? null;
  }

  private show(): void {
    const { unit, record } = this;
    if (!unit || !record) return;
    const proposal = h("section", { class: "stack", "aria-live": "polite" });
    const level = this.level;
    fill(
      this.element,
      this.head(unit),
      level ? this.levelTabs() : h("p", { class: "muted" }, p("tree.none")),
      proposal,
      level ? this.inOffice(unit, level) : null,
      this.own(record),
      teamSection(record, { nameOf: this.nameOf, ground: this.ground(), mayAppoint: record.may_appoint, elected: false, changed: () => this.changed() }),
      this.past(record),
    );
    if (!level) return;
    void this.wish.map?.vacancies.show(level);
    this.wish.address(unit.id, level, this.mode, this.along);
    if (may("appoint") && record.may_appoint !== false) void this.propose(proposal, unit, level);
    else this.wish.map?.lines.set([]);
  }

  private head(unit: UnitCard): HTMLElement {
    const village = this.villageId();
    const chart = village ? h("a", { class: "button", href: `/chiefs?unit=${encodeURIComponent(village)}` }, icon("people"), p("posts.open_tree")) : null;
    return h("header", { class: "posts-head row spread" }, h("h2", { tabindex: -1 }, unit.name), chart);
  }

  private levelTabs(): HTMLElement {
    const tab = (level: Level) => {
      const { posts = 0, vacant = 0 } = this.counts[level] ?? {};
      const choose = () => {
        this.level = level;
        this.show();
      };
      const words = vacant > 0 ? h("span", { class: "tab-vacant" }, `${p("vacant")} ${whole(vacant)}`) : h("span", { class: "muted" }, whole(posts));
      return h("button", { type: "button", "aria-pressed": String(level === this.level), onclick: choose }, title(level, "chief"), " ", words);
    };
    const { posts = 0, held = 0, vacant = 0 } = this.counts[this.level as Level] ?? {};
    return h(
      "div",
      { class: "stack tight" },
      h("div", { class: "segments", role: "group", "aria-label": p("posts.level") }, ...this.levels().map(tab)),
      h("p", { class: "small muted" }, p("posts.counts", { all: whole(posts), held: whole(held), vacant: whole(vacant) })),
    );
  }

  private async propose(place: HTMLElement, unit: UnitCard, level: Level): Promise<void> {
    const title_ = title(level, "chief");
    if ((this.counts[level]?.vacant ?? 0) === 0) {
      this.wish.map?.lines.set([]);
      return fill(place, h("p", { class: "all-well" }, icon("check"), p("posts.all_held", { title: title_ })));
    }
    fill(place, h("p", { class: "muted" }, t("working")));
    try {
      const found = await ask<Proposal>(`/api/appointments/proposal${query({ unit: unit.id, level, mode: this.mode, along: this.along })}`);
      if (this.unit?.id !== unit.id || this.level !== level) return;
      this.drawn(found);
      fill(place, ...this.proposal(found));
    } catch (error) {
      fill(place, h("p", { class: "form-error", role: "alert" }, sentence(error)));
    }
  }

  private drawn(found: Proposal): void {
    const { map } = this.wish;
    map?.lines.set(linesOf(found));
    const box = map?.lines.box() ?? this.unit?.bbox;
    if (box) map?.fly(this.unit?.bbox ? joined(box, this.unit.bbox) : box);
  }

  private proposal(found: Proposal): (HTMLElement | null)[] {
    const wish = { ground: this.ground(), levelWord: this.wish.info.levels[found.level] ?? "", mark: (id: string) => this.wish.map?.lines.mark(id), changed: () => this.changed(), nameOf: this.nameOf };
    const table = found.elected ? candidateList(found, wish) : found.rows.length > 0 ? proposalTable(found, wish) : null;
    return [
      found.elected ? h("p", { class: "note" }, p("posts.only_candidates", { title: title(found.level, "chief") })) : this.modes(),
      alongChoice(found, (along) => {
        this.along = along;
        this.show();
      }),
      found.proved || found.gap_m === null ? null : h("p", { class: "note" }, p("posts.not_proved", { gap: length(found.gap_m) })),
      ...found.infeasible.filter(() => !found.elected).map(({ sentence: why }) => h("p", { class: "note infeasible" }, why)),
      found.infeasible.length > 0 && !found.elected ? h("p", { class: "small muted" }, p("posts.way_out")) : null,
      table,
      found.without_place.length > 0 ? h("p", { class: "small muted" }, p("posts.without_place", { n: whole(found.without_place.length) }), "：", found.without_place.slice(0, 6).map(({ name }) => name).join("、")) : null,
      found.candidates === 0 ? h("p", { class: "muted" }, p("posts.no_people"), " ", h("a", { href: "/people" }, p("posts.to_people"))) : null,
    ];
  }

  private modes(): HTMLElement {
    const one = (mode: Mode) => {
      const choose = () => {
        this.mode = mode;
        this.show();
      };
      return h("button", { type: "button", "aria-pressed": String(mode === this.mode), onclick: choose }, p(`posts.mode_${mode}`));
    };
    return h("div", { class: "segments modes", role: "group", "aria-label": p("posts.mode") }, ...MODES.map(one));
  }

  private inOffice(unit: UnitCard, level: Level): HTMLElement | null {
    const held = this.counts[level]?.held ?? 0;
    if (held === 0) return null;
    const list = h("div");
    const box = h("details", { class: "in-office" }, h("summary", {}, `${p("posts.holders", { title: title(level, "chief") })} `, h("span", { class: "muted" }, whole(held))), list);
    box.addEventListener("toggle", () => {
      if (!box.open || list.childElementCount > 0) return;
      const elected = this.record?.unit.level === level ? this.record.elected : false;
      fill(list, holderList(unit.id, level, { nameOf: this.nameOf, ground: this.ground(), mayAppoint: may("appoint"), elected, changed: () => this.changed() }));
    });
    return box;
  }

  // The chosen unit's own vacant post may be filled by name, whatever the map proposes.
  private own({ unit, posts, elected, may_appoint }: UnitRecord): HTMLElement | null {
    const chief = posts.find(({ post }) => post === "chief");
    if (!chief || chief.vacant === 0 || !may_appoint) return null;
    const words = title(unit.level, "chief");
    const named = { unit: { id: unit.id, name: this.nameOf(unit) }, ground: this.ground(), post: "chief", title: words, offers: [] };
    const changed = () => this.changed();
    const act = () => void (elected ? recordElection(named, null, changed) : namePost(named, null, changed));
    return h(
      "div",
      { class: "row spread seat" },
      h("span", {}, h("strong", {}, `${unit.name} ${words}`), " ", h("span", { class: "chip bad" }, p("vacant"))),
      h("button", { type: "button", class: "button", onclick: act }, elected ? p("posts.elect") : p("posts.name")),
    );
  }

  private past({ history, handovers }: UnitRecord): HTMLElement {
    if (history.length === 0 && handovers.length === 0) return h("p", { class: "muted small" }, p("posts.no_record"));
    return h(
      "details",
      { class: "in-office" },
      h("summary", {}, `${p("posts.record")} `, h("span", { class: "muted" }, whole(history.length))),
      h("ol", { class: "history" }, ...history.map((term) => termLine(term, "person"))),
      handovers.length > 0 ? h("h3", {}, p("officer.handovers")) : null,
      h("ol", { class: "history" }, ...handovers.map(handoverLine)),
    );
  }

  /** The village of the chosen unit, or the unit itself above a village. */
  private ground(): string {
    return this.villageId() || (this.unit?.id ?? "");
  }

  private villageId(): string {
    const { unit } = this;
    if (!unit) return "";
    return unit.level === "village" ? unit.id : (unit.chain.find(({ level }) => level === "village")?.id ?? "");
  }

  private changed(): void {
    if (!this.unit) return;
    const { unit } = this;
    this.wish.changed(unit);
    void this.open(unit.id);
  }
}

function joined(a: [number, number, number, number], b: [number, number, number, number]): [number, number, number, number] {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
