// The map under the tools: made once, fed with what changed, lit where chosen or pointed at.
import type { GeoJSONSource } from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import { prepareBase, type ReadyBase } from "../map/base";
import { createMap, type NetMap } from "../map/create";
import { palette, type Palette } from "../map/palette";
import type { Box, DrawHome, DrawUnit, MapInfo, Place } from "../wire";
import { collection, homeFeature, labelFeature, lineFeature, lockFeature, unitFeature } from "./features";
import { addDrawImages } from "./images";
import { drawStyle, homeColour, type SourceName } from "./layers";
import type { DrawSession } from "./session";
import type { Tints } from "./tints";

type View = { centre: Place; zoom: number } | null;

export class DrawCanvas {
  readonly map: NetMap;
  private base: ReadyBase | null = null;
  private painting = false;
  private lit = "";
  private marked: readonly string[] = [];
  private stacks = new Map<string, number>();

  constructor(
    container: HTMLElement,
    info: MapInfo,
    private readonly session: DrawSession,
    private readonly tints: Tints,
    view: View,
  ) {
    this.map = createMap({
      container,
      style: (colours) => this.style(colours),
      lock: info.county.bbox,
      show: info.scope_bbox ?? info.county.bbox,
      ...(view ? { centre: view.centre, zoom: view.zoom } : {}),
    });
    this.map.boxZoom.disable();
    this.map.on("style.load", () => {
      addDrawImages(this.map, palette());
      // What came before the style was ready found no source to go to.
      this.updateAll();
      this.mark(this.marked);
      this.setPainting(this.painting);
    });
  }

  /** Lay the net over another base layer, or over none. */
  async chooseBase(wanted: Parameters<typeof prepareBase>[0]): Promise<ReadyBase | null> {
    this.base = await prepareBase(wanted);
    this.map.setStyle(this.style(palette()), { diff: false });
    return this.base;
  }

  /** Draw what the last change of the content touched. */
  update(): void {
    const { full, units, gone, homes } = this.session.touched;
    if (full) return this.updateAll();
    const changed = this.present(units);
    this.patch("units", gone, changed.map((unit) => unitFeature(this.session.content, unit)));
    this.patch("labels", gone, changed.map((unit) => labelFeature(this.session.content, unit)));
    this.patch("homes", [], homes.map((id) => this.home(this.session.homes.get(id))));
    this.source("locks")?.setData(this.data("locks"));
  }

  /** Light one unit up, "" for none. */
  light(id: string): void {
    if (id === this.lit) return;
    if (this.lit) this.state(this.lit, { hover: false });
    this.lit = id;
    if (id) this.state(id, { hover: true });
  }

  /** Outline what is chosen. */
  mark(ids: readonly string[]): void {
    for (const id of this.marked) this.state(id, { chosen: false });
    this.marked = ids;
    for (const id of ids) this.state(id, { chosen: true });
  }

  /** Colour the homes by their 邻, or plainly. */
  setPainting(on: boolean): void {
    this.painting = on;
    if (this.map.getLayer("home")) this.map.setPaintProperty("home", "circle-color", homeColour(palette(), on));
  }

  fit(box: Box, duration = 700): void {
    const { clientWidth, clientHeight } = this.map.getContainer();
    const margin = Math.round(Math.min(clientWidth, clientHeight) * 0.07);
    this.map.fitBounds(box, { padding: { top: margin + 60, bottom: margin + 20, left: margin + 60, right: margin }, maxZoom: 18, duration, essential: false });
  }

  private updateAll(): void {
    this.stacks = new Map();
    for (const home of this.session.homes.values()) {
      const key = `${home.lon},${home.lat}`;
      this.stacks.set(key, (this.stacks.get(key) ?? 0) + 1);
    }
    for (const name of ["units", "labels", "homes", "lines", "locks"] as const) this.source(name)?.setData(this.data(name));
  }

  private style(colours: Palette) {
    const names = ["units", "labels", "homes", "lines", "locks"] as const;
    const data = Object.fromEntries(names.map((name) => [name, this.data(name)])) as Record<SourceName, FeatureCollection>;
    return drawStyle(colours, this.base, data);
  }

  private data(name: SourceName): FeatureCollection {
    const { content } = this.session;
    const made: Record<SourceName, () => (Feature | null)[]> = {
      units: () => [...content.units.values()].map((unit) => unitFeature(content, unit)),
      labels: () => [...content.units.values()].map((unit) => labelFeature(content, unit)),
      homes: () => [...content.homes.values()].map((home) => this.home(home)),
      lines: () => content.lines.map(lineFeature),
      locks: () => content.locks.map(lockFeature),
    };
    return collection(made[name]().filter((feature) => feature !== null));
  }

  private home(home: DrawHome | undefined): Feature | null {
    if (!home) return null;
    return homeFeature(home, this.stacks.get(`${home.lon},${home.lat}`) ?? 1, home.unit_id ? this.tints.of(home.unit_id) : -1);
  }

  private present(ids: string[]): DrawUnit[] {
    return ids.map((id) => this.session.units.get(id)).filter((unit) => unit !== undefined);
  }

  private patch(name: SourceName, gone: string[], features: (Feature | null)[]): void {
    const add = features.filter((feature) => feature !== null);
    if (gone.length + add.length > 0) void this.source(name)?.updateData({ remove: gone, add });
  }

  private source(name: SourceName): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(name);
  }

  private state(id: string, state: Record<string, boolean>): void {
    if (this.map.getSource("units")) this.map.setFeatureState({ source: "units", id }, state);
  }
}
