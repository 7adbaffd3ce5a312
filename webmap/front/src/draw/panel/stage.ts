// What the panels do on the map themselves: ring homes, and let a place be picked.
import type { GeoJSONSource } from "maplibre-gl";
import type { NetMap } from "../../map/create";
import { palette } from "../../map/palette";
import { h } from "../../ui/dom";
import type { DrawHome, Place, PlanCard } from "../../wire";
import type { DrawSession } from "../session";

export type Session = DrawSession;

/** The open plan; null while a village's net in force is shown, or nothing at all. */
export function openPlan({ plan }: Session): PlanCard | null {
  return plan.id ? plan : null;
}

const RINGS = "panel-rings";
const ringed = new WeakMap<NetMap, GeoJSON.FeatureCollection>();

/** Ring homes on the map until called with none. */
export function ringHomes(session: Session, homeIds: readonly string[]): void {
  session.preview(homeIds);
}

/** Ring places on any map; the rings outlive a change of its style. */
export function ringPlaces(map: NetMap, places: readonly Pick<DrawHome, "lon" | "lat">[]): void {
  const features = places.map(({ lon, lat }) => ({ type: "Feature" as const, properties: {}, geometry: { type: "Point" as const, coordinates: [lon, lat] } }));
  const known = ringed.has(map);
  if (!known && features.length === 0) return;
  ringed.set(map, { type: "FeatureCollection", features });
  if (!known) map.on("style.load", () => drawRings(map));
  drawRings(map);
}

function drawRings(map: NetMap): void {
  const data = ringed.get(map);
  if (!data || !map.isStyleLoaded()) return;
  const source = map.getSource<GeoJSONSource>(RINGS);
  if (source) return void source.setData(data);
  const { red, halo } = palette();
  const radius = ["interpolate", ["linear"], ["zoom"], 11, 1.5, 14, 3.5, 16, 6, 18, 12];
  map.addSource(RINGS, { type: "geojson", data });
  map.addLayer({ id: `${RINGS}-halo`, type: "circle", source: RINGS, paint: { "circle-radius": radius as never, "circle-opacity": 0, "circle-stroke-color": halo, "circle-stroke-width": 4 } });
  map.addLayer({ id: RINGS, type: "circle", source: RINGS, paint: { "circle-radius": radius as never, "circle-opacity": 0, "circle-stroke-color": red, "circle-stroke-width": 2 } });
}

/** The box of the map on the page, over which pictures are laid. */
export function mapFrame(session: Session): HTMLElement | null {
  return session.map?.getContainer().parentElement ?? null;
}

/**
 * Let a place be picked on the map, whatever tool is in hand: a click, or Enter for the middle of the map; Esc gives null.
 */
export function pickPlace(session: Session, words: string): Promise<Place | null> {
  const frame = mapFrame(session);
  const map = session.map;
  if (!frame || !map) return Promise.resolve(null);
  return new Promise((resolve) => {
    const cover = h("button", { type: "button", class: "pick-cover", "aria-label": words }, h("span", {}, words));
    const done = (place: Place | null) => {
      cover.remove();
      resolve(place);
    };
    cover.addEventListener("click", (event) => {
      const { lng, lat } = event.detail === 0 ? map.getCenter() : map.unproject(within(map, event));
      done([lng, lat]);
    });
    cover.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      done(null);
    });
    cover.addEventListener("wheel", (event) => map.getCanvas().dispatchEvent(new WheelEvent("wheel", event)), { passive: true });
    frame.append(cover);
    cover.focus();
  });
}

function within(map: NetMap, { clientX, clientY }: MouseEvent): [number, number] {
  const { left, top } = map.getContainer().getBoundingClientRect();
  return [clientX - left, clientY - top];
}
