// Where posts are vacant: a ring at each such unit; of one level, or 片, 组 and 邻 each while their names are drawn.
import type { GeoJSONSource, LayerSpecification } from "maplibre-gl";
import { ask, query } from "../api";
import type { NetMap } from "../map/create";
import { palette } from "../map/palette";
import { tellError } from "../ui/toast";
import { CHIEF_LEVELS } from "./wire";

const SOURCE = "vacancies";
const BAND = { pian: [9, 13], zu: [13, 15], lin: [15, 24] } as Record<string, [number, number]>;
const RADIUS_PX = { pian: 7, zu: 6, lin: 5 } as Record<string, number>;
// The unit's name or count stands on the very place: the ring goes above it.
const ABOVE_PX = { pian: -25, zu: -17, lin: -17 } as Record<string, number>;

type Points = { type: "FeatureCollection"; features: GeoJSON.Feature[] };

const NOTHING: Points = { type: "FeatureCollection", features: [] };

export interface VacancyLayer {
  /** Show the vacancies of a level, or of all in their bands of zoom; asked for anew each time. */
  show: (level?: string) => Promise<void>;
  hide: () => void;
}

/** Give a map the layer; it stays on through a change of theme or base layer. */
export function vacancyLayer(map: NetMap): VacancyLayer {
  let points = NOTHING;
  let only = "";
  const draw = () => {
    const source = map.getSource(SOURCE) as GeoJSONSource | undefined;
    if (source) return void source.setData(points as GeoJSON.FeatureCollection);
    map.addSource(SOURCE, { type: "geojson", data: points as GeoJSON.FeatureCollection });
    for (const level of CHIEF_LEVELS) map.addLayer(ring(level, only));
  };
  map.on("style.load", draw);
  const set = (next: Points) => {
    points = next;
    if (map.isStyleLoaded() || map.getSource(SOURCE)) draw();
  };
  return {
    show: async (level = "") => {
      only = level;
      const wanted = CHIEF_LEVELS.filter((one) => level === "" || one === level);
      try {
        const found = await Promise.all(wanted.map((one) => ask<Points>(`/api/posts/vacancies${query({ level: one })}`)));
        if (only !== level) return;
        for (const one of CHIEF_LEVELS) if (map.getLayer(`vacant-${one}`)) map.setLayerZoomRange(`vacant-${one}`, ...band(one, only));
        set({ type: "FeatureCollection", features: found.flatMap(({ features }) => features) });
      } catch (error) {
        tellError(error);
      }
    },
    hide: () => set(NOTHING),
  };
}

function band(level: string, only: string): [number, number] {
  return level === only ? [8, 24] : (BAND[level] ?? [8, 24]);
}

function ring(level: string, only: string): LayerSpecification {
  const colours = palette();
  const [minzoom, maxzoom] = band(level, only);
  return {
    id: `vacant-${level}`,
    type: "circle",
    source: SOURCE,
    minzoom,
    maxzoom,
    filter: ["==", ["get", "level"], level],
    paint: {
      "circle-radius": RADIUS_PX[level] ?? 5,
      "circle-color": colours.halo,
      "circle-translate": [0, ABOVE_PX[level] ?? 0],
      "circle-stroke-color": colours.red,
      "circle-stroke-width": 2.2,
    },
  };
}
