// Base layers under the net: a raster through the server's own proxy, or a PMTiles file the server holds. None is needed.
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import type { BaseLayer } from "../wire";
import type { Palette } from "./palette";

let pmtilesReady: Promise<void> | null = null;

/** Load what a base layer needs before it may stand in a style. */
export async function prepareBase(base: BaseLayer | null): Promise<void> {
  if (base?.kind !== "pmtiles") return;
  pmtilesReady ??= import("pmtiles").then(({ Protocol }) => {
    addProtocol("pmtiles", new Protocol().tile);
  });
  await pmtilesReady;
}

/** Give the source of a base layer. */
export function baseSource(base: BaseLayer): SourceSpecification {
  const url = base.url.startsWith("/") ? location.origin + base.url : base.url;
  if (base.kind === "pmtiles") {
    return { type: "raster", url: `pmtiles://${url}`, tileSize: 256, attribution: base.attribution };
  }
  return {
    type: "raster",
    tiles: [url],
    tileSize: 256,
    minzoom: base.min_zoom,
    maxzoom: base.max_zoom,
    attribution: base.attribution,
  };
}

/** Give the layers of a base layer, toned down so that the net stays in front. */
export function baseLayers(_base: BaseLayer, colours: Palette): LayerSpecification[] {
  const dark = isDark(colours.outside);
  return [
    {
      id: "base",
      type: "raster",
      source: "base",
      paint: { "raster-saturation": -0.35, "raster-brightness-max": dark ? 0.6 : 1, "raster-opacity": 0.9 },
    },
  ];
}

function isDark(colour: string): boolean {
  const [r = 255, g = 255, b = 255] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return (r * 2 + g * 3 + b) / 6 < 128;
}
