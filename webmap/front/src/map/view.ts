// The map of the map page: draws the published net, answers clicks, keeps the address in step, carries the tools.
import { ask, query } from "../api";
import type { Choice, Selection } from "../panel/selection";
import { fill, h, need } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { HomeCard, MapInfo, Place, UnitCard } from "../wire";
import { prepareBase, type ReadyBase } from "./base";
import { asOf, netTiles } from "./asof";
import { createMap, type NetMap } from "./create";
import { bringIntoSight, flyToBox, flyToPlace, type Room } from "./fly";
import { foot } from "./foot";
import { legend } from "./legend";
import { addMeasure } from "./measure";
import { palette } from "./palette";
import { readHash, writeHash } from "./permalink";
import { followPointer, outlineChoice, pick } from "./pick";
import { mapStyle } from "./style";
import { addTools } from "./tools";
import { vacancySwitch } from "./vacancyswitch";

const HOME_ZOOM = 17.5;

// The tools lie at the left, on a phone at the right.
function firstRoom({ clientWidth }: HTMLElement): Room {
  return clientWidth < 600 ? { left: 16, right: 72, top: 72, bottom: 48 } : { left: 72, right: 36, top: 30, bottom: 44 };
}

export interface MapView {
  fly: (place: Place) => void;
  /** Told when a card has come, which knows the box that a bare id did not. */
  arrived: (card: UnitCard | HomeCard) => void;
}

/** Draw the map into `container` and keep it and the selection in step. */
export function wireMapView(container: HTMLElement, info: MapInfo, selection: Selection): MapView {
  let base: ReadyBase | null = null;
  const opened = readHash(location.hash);
  const style = (colours: ReturnType<typeof palette>) =>
    mapStyle({ colours, base, tiles: netTiles(info.version), bounds: info.county.bbox });
  const home = info.scope_bbox ?? info.county.bbox;
  const map = createMap({
    container,
    style,
    lock: info.county.bbox,
    show: home,
    room: firstRoom(container),
    ...(opened ? { centre: [opened.lon, opened.lat] as Place, zoom: opened.zoom } : {}),
  });
  const chooseBase = async (id: string | null) => {
    base = await prepareBase(info.base_layers.find((layer) => layer.id === id) ?? null);
    map.setStyle(style(palette()), { diff: false });
    fill(need("#map-foot"), foot(info, base));
  };
  fill(need("#map-foot"), foot(info, base));
  addFurniture(map, info, selection, (id) => void chooseBase(id).catch(tellError));
  keepAddress(map, selection);
  return { fly: (place) => flyToPlace(map, place), arrived: arrival(map, selection) };
}

function addFurniture(map: NetMap, info: MapInfo, selection: Selection, chooseBase: (id: string | null) => void): void {
  const measured = h("div", { class: "measure-place" });
  const stage = need(".stage");
  const key = legend(info, map, window.matchMedia("(min-width: 1100px) and (min-height: 700px)").matches);
  // Who holds which post is told of today only.
  if (asOf() === null) key.append(vacancySwitch(map));
  stage.append(measured, key);
  let showTool = () => undefined as void;
  const measure = addMeasure(map, measured, () => showTool());
  showTool = addTools(need("#map-tools"), {
    map,
    home: info.scope_bbox ?? info.county.bbox,
    lock: info.county.bbox,
    measure,
    bases: info.base_layers,
    chooseBase,
    onPlace: (lon, lat) => void locate(lon, lat, selection),
  });
  followPointer(map, () => measure.kind() === null);
  const outline = outlineChoice(map);
  selection.listen(outline);
  map.on("click", ({ point, lngLat }) => {
    if (measure.kind() !== null) return;
    const found = pick(map, point);
    selection.choose(found);
    if (found) bringIntoSight(map, [lngLat.lng, lngLat.lat]);
  });
}

async function locate(lon: number, lat: number, selection: Selection): Promise<void> {
  try {
    const { unit } = await ask<{ unit: { id: string; name: string } }>(`/api/locate${query({ lon, lat })}`);
    selection.choose({ kind: "unit", id: unit.id, name: unit.name });
  } catch (error) {
    tellError(error);
  }
}

function keepAddress(map: NetMap, selection: Selection): void {
  const write = () => {
    const { lng, lat } = map.getCenter();
    history.replaceState(null, "", writeHash({ zoom: map.getZoom(), lat, lon: lng, chosen: selection.now() }));
  };
  map.on("moveend", write);
  selection.listen((choice) => {
    write();
    if (choice) flyToChoice(map, choice);
  });
  window.addEventListener("hashchange", () => {
    const view = readHash(location.hash);
    if (!view) return;
    map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    if (view.chosen?.id !== selection.now()?.id) selection.choose(view.chosen);
  });
}

function flyToChoice(map: NetMap, { kind, box, place }: Choice): void {
  if (place) flyToPlace(map, place, kind === "household" ? HOME_ZOOM : undefined);
  else if (box) flyToBox(map, box);
}

// A choice made with nothing but an id (a breadcrumb, a place suggested without one) flies once its card has come.
function arrival(map: NetMap, selection: Selection): MapView["arrived"] {
  return (card) => {
    const choice = selection.now();
    if (!choice?.seek || choice.box || choice.place) return;
    if ("masked" in card) flyToPlace(map, [card.lon, card.lat], HOME_ZOOM);
    else if (card.bbox) flyToBox(map, card.bbox);
  };
}
