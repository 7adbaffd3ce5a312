// While no village is open, the map shows them all with their names: a click opens one.
import type { ExpressionSpecification, LayerSpecification, MapMouseEvent } from "maplibre-gl";
import { type Palette, palette } from "../../map/palette";
import type { Session } from "./stage";

const SOURCE = "villages";
const GROUND = "villages-ground";

/** Show the villages of the reader's county on the map; gives what takes them away. */
export function showVillages(session: Session, choose: (unitId: string) => void): () => void {
  const { map, info } = session;
  if (!map) return () => undefined;
  let lit: string | null = null;
  const light = (id: string | null) => {
    if (id === lit || !map.getSource(SOURCE)) return;
    for (const [one, on] of [[lit, false], [id, true]] as const) {
      if (one) map.setFeatureState({ source: SOURCE, sourceLayer: "village", id: one }, { hover: on });
    }
    lit = id;
    map.getCanvas().style.cursor = id ? "pointer" : "";
  };
  const draw = () => {
    if (map.getSource(SOURCE)) return;
    const tiles = [`${location.origin}/tiles/${info.version}/{z}/{x}/{y}.mvt`];
    map.addSource(SOURCE, { type: "vector", tiles, minzoom: 0, maxzoom: 14, promoteId: "uid", ...(info.county.bbox ? { bounds: info.county.bbox } : {}) });
    for (const layer of layers(palette())) map.addLayer(layer);
  };
  const found = ({ point }: MapMouseEvent): string | null => {
    if (!map.getLayer(GROUND)) return null;
    const id: unknown = map.queryRenderedFeatures(point, { layers: [GROUND] })[0]?.properties["uid"];
    return typeof id === "string" ? id : null;
  };
  const move = (event: MapMouseEvent) => light(found(event));
  const click = (event: MapMouseEvent) => {
    const id = found(event);
    if (id) choose(id);
  };
  map.on("style.load", draw);
  map.on("mousemove", move);
  map.on("click", click);
  if (map.isStyleLoaded()) draw();
  return () => {
    map.off("style.load", draw);
    map.off("mousemove", move);
    map.off("click", click);
    light(null);
    for (const { id } of layers(palette())) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  };
}

function layers(colours: Palette): LayerSpecification[] {
  const hovered: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];
  const of = { source: SOURCE, "source-layer": "village" } as const;
  const size = ["interpolate", ["linear"], ["zoom"], 9, 11, 13, 16] as unknown as ExpressionSpecification;
  return [
    { id: GROUND, type: "fill", ...of, paint: { "fill-color": ["case", hovered, colours.fills[0] ?? colours.land, colours.land] } },
    { id: "villages-line", type: "line", ...of, paint: { "line-color": colours.village, "line-width": 1.2 } },
    {
      id: "villages-name",
      type: "symbol",
      source: SOURCE,
      "source-layer": "label",
      filter: ["==", ["get", "level"], "village"],
      layout: { "text-field": ["get", "name"], "text-font": ["Bold"], "text-size": size, "text-max-width": 8 },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
    },
  ];
}
