// Choosing a place: by a click on the map, by the name of a 组 or an address, or by where the reader stands.
import { w } from "../i18n/issues";
import { t } from "../i18n/index";
import { inside, lockBox } from "../map/bounds";
import { makeSearch } from "../panel/search";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tell, tellError } from "../ui/toast";
import type { Found, MapInfo, Place } from "../wire";
import { type Control, group } from "./controls";
import type { PlaceMap } from "./placemap";
import type { StepField } from "./wire";

const POSITION_TIMEOUT_MS = 15_000;

export type PlaceHow = "pin" | "phone" | "unit";

export interface PlacePick {
  element: HTMLElement;
  value: () => Place | null;
  /** Put the mark somewhere by itself, as a draft does. */
  put: (place: Place, accuracy_m?: number | null) => void;
  /** Show how surely the place is known. */
  accuracy: (accuracy_m: number | null) => void;
}

export interface PlacePickWish {
  info: MapInfo;
  begin: Place | null;
  /** Where the map looks while nothing is chosen. */
  look: Place | null;
  changed: (place: Place, how: PlaceHow, found?: Found, accuracy_m?: number) => void;
}

/** Give the choice; the map comes once the box is on the page. */
export function placePick(wish: PlacePickWish): PlacePick {
  let now = wish.begin;
  let known_m: number | null = null;
  let map: PlaceMap | null = null;
  const box = h("div", { class: "place-map" });
  const show = (fly: boolean) => {
    map?.mark(now, known_m);
    if (fly && now) map?.fly(now);
  };
  const set = (place: Place, how: PlaceHow, found?: Found, accuracy_m?: number) => {
    now = place;
    show(how !== "pin");
    wish.changed(place, how, found, accuracy_m);
  };
  void loadMap(box, wish, (place) => set(place, "pin")).then((made) => {
    map = made;
    show(false);
  }, tellError);
  const pickFound = (found: Found) => {
    if (found.lon !== null && found.lat !== null) set([found.lon, found.lat], "unit", found);
    else if (found.bbox) map?.fly(found.bbox);
  };
  const here = h("button", { type: "button", class: "button" }, icon("locate"), w("field.place_here"));
  here.addEventListener("click", () => locate(here, wish.info, (place, accuracy_m) => set(place, "phone", undefined, accuracy_m)));
  return {
    element: h("div", { class: "place-pick" }, h("div", { class: "row place-row" }, makeSearch(wish.info.levels, pickFound), here), box),
    value: () => now,
    put: (place, accuracy_m) => {
      now = place;
      known_m = accuracy_m ?? null;
      show(true);
    },
    accuracy: (accuracy_m) => {
      known_m = accuracy_m;
      show(false);
    },
  };
}

async function loadMap(box: HTMLElement, { info, begin, look }: PlacePickWish, click: (place: Place) => void): Promise<PlaceMap | null> {
  const { placeMap } = await import("./placemap");
  // The map needs the size of its box, which it has once it is on the page.
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return box.isConnected ? placeMap(box, { info, centre: begin ?? look, words: w("field.place"), click }) : null;
}

function locate(button: HTMLButtonElement, { county }: MapInfo, found: (place: Place, accuracy_m: number) => void): void {
  if (!navigator.geolocation) return tell(t("locate.unable"), "error");
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords: { longitude, latitude, accuracy } }) => {
      button.disabled = false;
      if (county.bbox && !inside(lockBox(county.bbox), longitude, latitude)) return tell(t("locate.outside"));
      found([longitude, latitude], Math.round(accuracy));
    },
    ({ code }) => {
      button.disabled = false;
      tell(t(code === 1 ? "locate.refused" : "locate.unable"), "error");
    },
    { enableHighAccuracy: true, timeout: POSITION_TIMEOUT_MS, maximumAge: 10_000 },
  );
}

/** The place of a step: where a check was made, or where an issue lies after all. */
export function placeControl(field: StepField, info: MapInfo, look: Place): Control {
  const told = h("p", { class: "small muted", role: "status" }, w("field.place_hint"));
  const pick = placePick({ info, begin: null, look, changed: ([lon, lat]) => (told.textContent = `${lon.toFixed(5)}, ${lat.toFixed(5)}`) });
  return group(field, [told, pick.element], () => pick.value() ?? undefined);
}

/** A line drawn on the map, as two neighbours agreed on it (D15). */
export function lineControl(field: StepField, info: MapInfo, look: Place): Control {
  const places: Place[] = [];
  let map: PlaceMap | null = null;
  const told = h("p", { class: "small muted", role: "status" }, w("field.line_hint"));
  const undo = h("button", { type: "button", class: "button", disabled: true }, icon("undo"), w("field.line_undo"));
  const show = () => {
    map?.line(places);
    told.textContent = places.length > 0 ? w("field.line_points", { n: places.length }) : w("field.line_hint");
    undo.disabled = places.length === 0;
  };
  const box = h("div", { class: "place-map" });
  void loadMap(box, { info, begin: null, look, changed: () => undefined }, (place) => {
    places.push(place);
    show();
  }).then((made) => {
    map = made;
    made?.mark(look);
  }, tellError);
  undo.addEventListener("click", () => {
    places.pop();
    show();
  });
  return group(field, [h("div", { class: "row spread" }, told, undo), box], () => (places.length > 1 ? { type: "LineString", coordinates: places } : undefined));
}
