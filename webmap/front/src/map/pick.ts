// What lies under the pointer: a home before the ground, and of the units the deepest one.
import type { MapGeoJSONFeature, Map as NetMap, PointLike } from "maplibre-gl";
import { LEVELS } from "../wire";
import type { Chosen } from "./permalink";
import { NET } from "./style";

// A fingertip or a pointer is not a pixel: homes within this many pixels count as meant.
const REACH_PX = 6;
const GROUND_LAYERS = [...LEVELS].reverse().map((level) => `${level}-touch`);

interface Marked {
  layer: string;
  id: string;
}

/** Find the home or the deepest unit at a point of the screen. */
export function pick(map: NetMap, point: { x: number; y: number }): Chosen | null {
  const found = featureAt(map, point);
  if (!found) return null;
  return { kind: found.layer === "home" ? "household" : "unit", id: found.id };
}

function featureAt(map: NetMap, { x, y }: { x: number; y: number }): Marked | null {
  const box: [PointLike, PointLike] = [
    [x - REACH_PX, y - REACH_PX],
    [x + REACH_PX, y + REACH_PX],
  ];
  const home = drawn(map, ["home"]).length > 0 ? map.queryRenderedFeatures(box, { layers: ["home"] })[0] : undefined;
  if (home) return marked(home);
  const grounds = map.queryRenderedFeatures([x, y], { layers: drawn(map, GROUND_LAYERS) });
  const byLayer = new Map(grounds.map((feature) => [feature.layer.id, feature]));
  const deepest = GROUND_LAYERS.map((id) => byLayer.get(id)).find((feature) => feature !== undefined);
  return deepest ? marked(deepest) : null;
}

function drawn(map: NetMap, ids: string[]): string[] {
  return ids.filter((id) => map.getLayer(id) !== undefined);
}

function marked(feature: MapGeoJSONFeature): Marked | null {
  const id: unknown = feature.properties["uid"];
  return typeof id === "string" && feature.sourceLayer ? { layer: feature.sourceLayer, id } : null;
}

/** Light up what is under the pointer, and turn the pointer into a hand over it. */
export function followPointer(map: NetMap, enabled: () => boolean): void {
  let lit: Marked | null = null;
  const light = (next: Marked | null) => {
    if (lit?.id === next?.id && lit?.layer === next?.layer) return;
    if (lit) map.setFeatureState({ source: NET, sourceLayer: lit.layer, id: lit.id }, { hover: false });
    lit = next;
    if (lit) map.setFeatureState({ source: NET, sourceLayer: lit.layer, id: lit.id }, { hover: true });
  };
  map.on("mousemove", ({ point }) => {
    if (!map.getSource(NET) || map.isMoving()) return;
    light(enabled() ? featureAt(map, point) : null);
    map.getCanvas().style.cursor = enabled() ? (lit ? "pointer" : "") : "crosshair";
  });
  map.on("mouseout", () => light(null));
}

/** Outline what is chosen; gives a function that moves the outline. */
export function outlineChoice(map: NetMap): (chosen: Chosen | null) => void {
  let now: Chosen | null = null;
  const mark = (which: Chosen | null, on: boolean) => {
    if (!which || !map.getSource(NET)) return;
    const layers = which.kind === "household" ? ["home"] : LEVELS;
    for (const layer of layers) map.setFeatureState({ source: NET, sourceLayer: layer, id: which.id }, { chosen: on });
  };
  map.on("style.load", () => mark(now, true));
  return (next) => {
    mark(now, false);
    now = next;
    mark(now, true);
  };
}
