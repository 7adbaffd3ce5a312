// A plan's revision or the net in force as a picture: drawn in the manner of the redrawing map, to be looked at only.
import type { Feature } from "geojson";
import type { StyleSpecification } from "maplibre-gl";
import type { Palette } from "../../map/palette";
import type { PlanContent } from "../../wire";
import { Content } from "../content";
import { collection, homeFeature, labelFeature, lineFeature, lockFeature, unitFeature } from "../features";
import { drawStyle } from "../layers";

/** Give what makes the style of a content in the colours of the theme that is on. */
export function pictureOf(sent: PlanContent): (colours: Palette) => StyleSpecification {
  const content = new Content();
  content.apply({ ...sent, full: true });
  const units = [...content.units.values()];
  const homes = [...content.homes.values()];
  const stacks = new Map<string, number>();
  for (const { lon, lat } of homes) stacks.set(`${lon},${lat}`, (stacks.get(`${lon},${lat}`) ?? 0) + 1);
  const data = {
    units: gather(units.map((unit) => unitFeature(content, unit))),
    labels: gather(units.map((unit) => labelFeature(content, unit))),
    homes: gather(homes.map((home) => homeFeature(home, stacks.get(`${home.lon},${home.lat}`) ?? 1))),
    lines: gather(content.lines.map(lineFeature)),
    locks: gather(content.locks.map(lockFeature)),
  };
  return (colours) => drawStyle(colours, null, data);
}

function gather(features: (Feature | null)[]) {
  return collection(features.filter((feature) => feature !== null));
}
