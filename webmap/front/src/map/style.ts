// Puts a whole map style together: ground, an optional base layer, the net's tiles. No glyphs: words are drawn locally.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { t } from "../i18n/index";
import type { Box } from "../wire";
import { baseLayers, baseSources, type ReadyBase } from "./base";
import { labelLayers } from "./labels";
import { netLayers } from "./layers";
import type { Palette } from "./palette";

export const NET = "net";
// The server makes tiles down to this zoom; closer views stretch them.
const DEEPEST_TILE_ZOOM = 18;

export interface StyleWish {
  colours: Palette;
  /** Template of the net's tile addresses, or null for a map without the net. */
  tiles: string | null;
  base: ReadyBase | null;
  bounds: Box | null;
}

/** Give the style for the wish. */
export function mapStyle({ colours, tiles, base, bounds }: StyleWish): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {};
  const layers: LayerSpecification[] = [
    { id: "ground", type: "background", paint: { "background-color": colours.outside } },
  ];
  if (base) {
    Object.assign(sources, baseSources(base));
    layers.push(...baseLayers(base, colours));
  }
  if (tiles) {
    sources[NET] = netSource(tiles, bounds);
    layers.push(...netLayers(colours, base !== null));
    layers.push(...labelLayers(colours, { homes: t("map.label_homes"), broken: "▲" }));
  }
  return { version: 8, sources, layers };
}

function netSource(tiles: string, bounds: Box | null): SourceSpecification {
  return {
    type: "vector",
    tiles: [absolute(tiles)],
    minzoom: 0,
    maxzoom: DEEPEST_TILE_ZOOM,
    promoteId: "uid",
    ...(bounds ? { bounds } : {}),
  };
}

// The worker that fetches tiles has no page address to resolve against; {z} must stay unescaped.
function absolute(path: string): string {
  return path.startsWith("/") ? location.origin + path : path;
}
