// Base layers under the net: pictures through the server's own proxy, or a PMTiles file that the server holds, of
// pictures or of vector tiles. None is needed, and none is ever asked for from another host.
import { addProtocol, type LayerSpecification, type SourceSpecification } from "maplibre-gl";
import type { BaseLayer } from "../wire";
import type { Palette } from "./palette";

/** A base layer with what its file says of itself: the names of its vector layers, or null for pictures. */
export interface ReadyBase extends BaseLayer {
  vectors: string[] | null;
}

let protocol: import("pmtiles").Protocol | null = null;

/** Find out what a base layer needs before it may stand in a style; throws when its file cannot be read. */
export async function prepareBase(base: BaseLayer | null): Promise<ReadyBase | null> {
  if (!base) return null;
  if (base.kind !== "pmtiles") return { ...base, vectors: null };
  const { PMTiles, Protocol, TileType } = await import("pmtiles");
  if (!protocol) {
    protocol = new Protocol();
    addProtocol("pmtiles", protocol.tile);
  }
  const file = new PMTiles(here(base.url));
  protocol.add(file);
  const { tileType } = await file.getHeader();
  return { ...base, vectors: tileType === TileType.Mvt ? layerNames(await file.getMetadata()) : null };
}

function layerNames(metadata: unknown): string[] {
  const { vector_layers: rows } = (metadata ?? {}) as { vector_layers?: { id?: unknown }[] };
  return (rows ?? []).map(({ id }) => id).filter((id): id is string => typeof id === "string");
}

function here(url: string): string {
  return url.startsWith("/") ? location.origin + url : url;
}

/** Give the sources of a base layer by name: one, or one for each picture that lies over the one before. */
export function baseSources({ kind, url, urls, vectors, attribution, min_zoom, max_zoom }: ReadyBase): Record<string, SourceSpecification> {
  if (kind === "pmtiles") {
    const file = `pmtiles://${here(url)}`;
    return { base: vectors ? { type: "vector", url: file, attribution } : { type: "raster", url: file, tileSize: 256, attribution } };
  }
  const pictures = (urls?.length ? urls : [url]).map(
    (one, at): [string, SourceSpecification] => [
      sourceName(at),
      { type: "raster", tiles: [here(one)], tileSize: 256, minzoom: min_zoom, maxzoom: max_zoom, attribution: at ? "" : attribution },
    ],
  );
  return Object.fromEntries(pictures);
}

function sourceName(at: number): string {
  return at ? `base-${at}` : "base";
}

/** Give the layers of a base layer, toned down so that the net stays in front. */
export function baseLayers({ vectors, kind, urls }: ReadyBase, colours: Palette): LayerSpecification[] {
  if (vectors) return vectors.flatMap((name) => vectorLayers(name, colours));
  const count = kind === "raster" ? Math.max(urls?.length ?? 1, 1) : 1;
  return Array.from({ length: count }, (_, at) => pictures(sourceName(at), colours));
}

function pictures(source: string, colours: Palette): LayerSpecification {
  const dimmed = isDark(colours.outside) ? 0.6 : 1;
  return {
    id: source,
    type: "raster",
    source,
    paint: { "raster-saturation": -0.35, "raster-brightness-max": dimmed, "raster-opacity": 0.9 },
  };
}

// The usual schemas (OpenMapTiles, Protomaps, Shortbread) differ in detail but agree in what they call water and roads;
// drawn are grounds of water and buildings and lines of water and ways, and words are left to the net.
function vectorLayers(name: string, colours: Palette): LayerSpecification[] {
  const of = { source: "base", "source-layer": name } as const;
  const water = /water|ocean|river/i.test(name);
  const way = /road|street|transport|rail|way/i.test(name) && !water;
  const fills: LayerSpecification[] =
    water || /building/i.test(name)
      ? [
          {
            ...of,
            id: `base-${name}-fill`,
            type: "fill",
            filter: ["==", ["geometry-type"], "Polygon"],
            paint: { "fill-color": water ? colours.water : colours.road, "fill-opacity": water ? 0.8 : 0.35 },
          },
        ]
      : [];
  const lines: LayerSpecification[] =
    water || way
      ? [
          {
            ...of,
            id: `base-${name}-line`,
            type: "line",
            filter: ["==", ["geometry-type"], "LineString"],
            paint: {
              "line-color": water ? colours.water : colours.road,
              "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.4, 14, 1.2, 18, 4],
            },
          },
        ]
      : [];
  return [...fills, ...lines];
}

function isDark(colour: string): boolean {
  const [r = 255, g = 255, b = 255] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return (r * 2 + g * 3 + b) / 6 < 128;
}
