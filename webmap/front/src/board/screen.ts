// The board: figures above, the map, the slider below, the drawer at the right; all of one question that stands in the address.
import { ask } from "../api";
import { b } from "../i18n/board";
import type { Category } from "../issues/wire";
import { moment } from "../ui/format";
import { fill, h, need } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { MapInfo } from "../wire";
import { Drawer } from "./drawer";
import { figureRow } from "./figures";
import { drawFilters, levelWords } from "./filters";
import { type BoardMap, boardMap } from "./mapview";
import { timeSlider, type Slider } from "./slider";
import { takeMenu } from "./take";
import { tellHeat, tellPlaces } from "./told";
import { addressOf, type Asked, askPath, wantedOf, type Wanted } from "./wanted";
import type { Figures, HeatTold, Layer, MapTold } from "./wire";

const REFRESH_MS = 60_000;
const KEPT_MOST = 60;

/** The board page. */
export class Screen {
  private wanted: Wanted = wantedOf(location.search);
  private readonly figures = h("div", { class: "board-figures", role: "group", "aria-label": b("figures.label") });
  private readonly filters = h("div", { class: "board-filters", role: "search" });
  private readonly told = h("section", { class: "board-told", "aria-live": "polite" });
  private readonly stage = h("div", { class: "stage" });
  private readonly drawer: Drawer;
  private readonly slider: Slider;
  private readonly map: BoardMap | null;
  private readonly kept = new Map<string, Promise<unknown>>();
  private turn = 0;
  private placed = false;

  constructor(
    place: HTMLElement,
    private readonly info: MapInfo,
    private readonly categories: readonly Category[],
  ) {
    const stage = this.stage;
    const mapPlace = h("div", { class: "map", id: "map", "aria-label": b("map.label") });
    this.drawer = new Drawer({ close: () => this.open(""), open: (id) => this.open(id), into: (unit, level) => this.into(unit, level), arrived: ({ box, unit }) => this.arrived(box, unit.id) });
    this.slider = timeSlider({ moved: (at) => this.ask({ ...this.wanted.asked, at }, true), soon: (at) => this.layerOf({ ...this.wanted.asked, at }) });
    stage.append(h("div", { class: "board-map" }, mapPlace), this.told, this.drawer.element);
    const take = takeMenu(() => this.wanted);
    place.append(h("div", { class: "board-head" }, this.figures), h("div", { class: "board-tools" }, this.filters, take), stage, this.slider.element);
    this.map = boardMap(mapPlace, info, (id) => this.open(id));
    document.body.classList.toggle("wall", this.wanted.wall);
    if (this.wanted.wall) window.setInterval(() => this.refresh(), REFRESH_MS);
    window.addEventListener("popstate", () => this.follow());
    this.controls();
    this.show();
    if (this.wanted.open) this.open(this.wanted.open);
  }

  private follow(): void {
    this.wanted = wantedOf(location.search);
    this.controls();
    this.show();
  }

  private refresh(): void {
    this.kept.clear();
    this.show();
  }

  // `quick` while the slider moves: what is in the address follows, the figures too, and the stops stay.
  private ask(asked: Asked, quick = false): void {
    this.wanted = { ...this.wanted, asked: Object.fromEntries(Object.entries(asked).filter(([, value]) => value)) };
    this.write();
    if (!quick) this.controls();
    this.show(quick);
  }

  private write(): void {
    history.replaceState(null, "", `${location.pathname}${addressOf(this.wanted)}${location.hash}`);
  }

  private controls(): void {
    drawFilters(this.filters, this.wanted, {
      info: this.info,
      categories: this.categories,
      layer: (layer) => {
        this.wanted = { ...this.wanted, layer };
        this.write();
        this.controls();
        this.show(true);
      },
      asked: (asked) => this.ask(asked),
    });
  }

  private show(quick = false): void {
    this.turn += 1;
    const mine = this.turn;
    void this.draw(mine).catch((error: unknown) => this.failed(mine, error));
    void this.once<Figures>(askPath("figures", this.wanted.asked)).then((told) => {
      if (mine === this.turn) figureRow(this.figures, told, () => this.open("figures"));
    }, tellError);
    if (!quick) void this.slider.show(this.wanted.asked);
  }

  // A level that cannot be compared says so in the card, where the eye is, beside the map that stays.
  private failed(mine: number, error: unknown): void {
    if (mine === this.turn) fill(this.told, h("p", { class: "note", role: "alert" }, error instanceof Error ? error.message : ""));
  }

  private layerOf(asked: Asked): Promise<unknown> {
    return this.once(askPath(this.wanted.layer, asked));
  }

  private async draw(mine: number): Promise<void> {
    const { layer, asked } = this.wanted;
    const told = await this.layerOf(asked);
    if (mine !== this.turn) return;
    this.place();
    document.body.dataset["shown"] = `${layer} ${asked.at ?? ""}`.trim();
    if (layer === "heat") {
      const heat = told as HeatTold;
      tellHeat(this.told, heat);
      this.map?.show({ kind: "heat", told: heat, picture: askPath("heat.png", asked) });
    } else {
      const places = told as MapTold;
      tellPlaces(this.told, layer as Layer, places, { open: (id) => this.open(id), level: (level) => this.ask({ ...asked, level }), levelWords: (level) => levelWords(level, this.info) });
      this.map?.show({ kind: "shapes", told: places });
    }
    if (this.wanted.wall) this.told.append(h("p", { class: "muted small" }, b("wall.updated", { time: moment(new Date().toISOString()) })));
  }

  // On a phone the card takes its room from the map once it has words: the ground is shown whole in what is left.
  private place(): void {
    if (!this.placed && this.wanted.open === "" && window.matchMedia("(max-width: 760px)").matches) window.setTimeout(() => this.map?.home(), 80);
    this.placed = true;
  }

  // What was asked once is at hand while one plays to and fro; a failure is asked for again.
  private once<T>(path: string): Promise<T> {
    const held = this.kept.get(path);
    if (held) return held as Promise<T>;
    const made = ask<T>(path);
    this.kept.set(path, made);
    made.catch(() => this.kept.delete(path));
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT_MOST && oldest !== undefined) this.kept.delete(oldest);
    return made;
  }

  private open(id: string): void {
    this.wanted = { ...this.wanted, open: id };
    this.write();
    this.stage.classList.toggle("open", id !== "");
    this.map?.mark(id);
    if (id === "") this.drawer.shut();
    else if (id === "figures") void this.drawer.figures(this.wanted.asked);
    else void this.drawer.unit(id, this.wanted.asked);
  }

  private arrived(box: Parameters<BoardMap["fly"]>[0] | null, id: string): void {
    this.map?.mark(id);
    if (box) this.map?.fly(box);
  }

  private into(unit: string, level: string): void {
    const { unit: _, level: __, ...rest } = this.wanted.asked;
    this.ask({ ...rest, ...(unit ? { unit } : {}), ...(level ? { level } : {}) });
    if (!unit) this.map?.home();
    this.open(unit);
  }
}

/** Say that there is nothing to compare yet, and what brings it. */
export function emptyBoard(): void {
  fill(need("#board"), h("div", { class: "empty-state", role: "status" }, h("h2", {}, b("empty.title")), h("p", {}, b("empty.text")), h("a", { class: "button primary", href: "/map" }, b("empty.map"))));
}
