// The small map of an issue: the net, where it lies and how surely, a place to be chosen by a click, a line to be drawn.
// Loaded only where a map is shown: the list must not wait for it.
import { type GeoJSONSource, Marker } from "maplibre-gl";
import { netTiles } from "../map/asof";
import { canDraw, createMap, type NetMap, sayCannotDraw } from "../map/create";
import { flyToBox } from "../map/fly";
import { watchLeaving } from "../map/leaving";
import { palette, type Palette } from "../map/palette";
import { mapStyle } from "../map/style";
import { h } from "../ui/dom";
import type { Box, MapInfo, Place } from "../wire";
import { circleAround } from "./circle";

const NEAR_ZOOM = 15.5;
const GROUND = "place-ground";
const LINE = "place-line";

export interface PlaceMapWish {
  info: MapInfo;
  centre: Place | null;
  /** What is said of the mark to those who do not see it. */
  words: string;
  /** Told where a click falls; a map without it only shows. */
  click?: (place: Place) => void;
}

export interface PlaceMap {
  /** Put the mark at a place, with the circle of how surely it is known. */
  mark: (place: Place | null, accuracy_m?: number | null) => void;
  /** Draw a line through places. */
  line: (places: readonly Place[]) => void;
  fly: (place: Place | Box) => void;
}

/** Draw it into a box that is on the page; null where this browser cannot. */
export function placeMap(box: HTMLElement, wish: PlaceMapWish): PlaceMap | null {
  if (!canDraw()) {
    sayCannotDraw(box);
    return null;
  }
  const { info, centre, click } = wish;
  const style = (colours: Palette) => mapStyle({ colours, base: null, tiles: netTiles(info.version), bounds: info.county.bbox });
  const show = centre ? { show: null, centre, zoom: NEAR_ZOOM } : { show: info.scope_bbox ?? info.county.bbox };
  const map = createMap({ container: box, style, lock: info.county.bbox, ...show });
  watchLeaving(box, () => map.remove());
  if (click) map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => click?.([lngLat.lng, lngLat.lat]));
  const pin = new Marker({ element: h("div", { class: "my-place", role: "img", "aria-label": wish.words }) });
  const drawn = shapes(map);
  return {
    mark: (place, accuracy_m) => {
      if (place) pin.setLngLat(place).addTo(map);
      else pin.remove();
      drawn(GROUND, place && accuracy_m ? { type: "Polygon", coordinates: [circleAround(place, accuracy_m)] } : null);
    },
    line: (places) => drawn(LINE, places.length > 0 ? { type: places.length > 1 ? "LineString" : "Point", coordinates: places.length > 1 ? [...places] : (places[0] as Place) } as GeoJSON.Geometry : null),
    fly: (to) => (to.length === 2 ? void map.easeTo({ center: to, zoom: Math.max(map.getZoom(), NEAR_ZOOM), essential: false }) : flyToBox(map, to)),
  };
}

// What is drawn stays on through a change of theme.
function shapes(map: NetMap): (id: string, geometry: GeoJSON.Geometry | null) => void {
  const now = new Map<string, GeoJSON.Geometry | null>();
  const draw = (id: string) => {
    const geometry = now.get(id) ?? null;
    const data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: geometry ? [{ type: "Feature", properties: {}, geometry }] : [] };
    const source = map.getSource(id) as GeoJSONSource | undefined;
    if (source) return void source.setData(data);
    const colour = palette().accent;
    map.addSource(id, { type: "geojson", data });
    if (id === GROUND) map.addLayer({ id, type: "fill", source: id, paint: { "fill-color": colour, "fill-opacity": 0.16, "fill-outline-color": colour } });
    else {
      map.addLayer({ id, type: "line", source: id, paint: { "line-color": colour, "line-width": 3 } });
      map.addLayer({ id: `${id}-dots`, type: "circle", source: id, paint: { "circle-color": colour, "circle-radius": 4 } });
    }
  };
  map.on("style.load", () => [...now.keys()].forEach(draw));
  return (id, geometry) => {
    now.set(id, geometry);
    if (map.isStyleLoaded() || map.getSource(id)) draw(id);
  };
}
