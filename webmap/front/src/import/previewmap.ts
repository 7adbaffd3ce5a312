// A small map of up to 500 of the file's places over the county, so that a wrong datum or a swapped axis is seen at once.
import type { FeatureCollection } from "geojson";
import { b } from "../i18n/bring";
import { boxAround } from "../map/bounds";
import { canDraw, createMap } from "../map/create";
import type { Palette } from "../map/palette";
import { mapStyle } from "../map/style";
import { h } from "../ui/dom";
import { whole } from "../ui/format";
import type { Box, MapInfo, Place, Preview } from "../wire";

/** Give the small map, or nothing where there are no places or nothing to draw with. */
export function previewMap(preview: Preview, info: MapInfo | undefined): HTMLElement | null {
  const { points } = preview;
  if (points.length === 0 || !canDraw()) return null;
  const place = h("div", { class: "small-map" });
  const figure = h("figure", { class: "panel map-figure" }, place, h("figcaption", { class: "muted small" }, b("import.map_caption", { n: whole(points.length) })));
  // The map measures its container, which must be on the page by then.
  requestAnimationFrame(() => draw(place, points, info));
  return figure;
}

function draw(container: HTMLElement, points: Place[], info: MapInfo | undefined): void {
  const county = info?.county.bbox ?? null;
  const tiles = info && county ? `/tiles/${info.version}/{z}/{x}/{y}.mvt` : null;
  const style = (colours: Palette) => {
    const made = mapStyle({ colours, tiles, base: null, bounds: county });
    made.sources["file"] = { type: "geojson", data: collection(points) };
    made.layers.push({
      id: "file",
      type: "circle",
      source: "file",
      paint: { "circle-radius": 3.2, "circle-color": colours.accent, "circle-stroke-color": colours.halo, "circle-stroke-width": 1 },
    });
    return made;
  };
  createMap({ container, style, lock: null, show: wider(boxAround(points), county) });
}

function collection(points: Place[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: points.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } })),
  };
}

function wider(one: Box | null, other: Box | null): Box | null {
  if (!one || !other) return one ?? other;
  return [Math.min(one[0], other[0]), Math.min(one[1], other[1]), Math.max(one[2], other[2]), Math.max(one[3], other[3])];
}
