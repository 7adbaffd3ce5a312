// Stacked homes put in order: building, entrance, floor, room, as people count them (2 before 10, the top floor first).
import type { DrawHome } from "../../wire";

export interface Floor {
  floor: string;
  homes: DrawHome[];
}

export interface Entrance {
  entrance: string;
  floors: Floor[];
}

export interface Building {
  key: string;
  building: string;
  address: string;
  homes: DrawHome[];
  entrances: Entrance[];
}

const collator = new Intl.Collator("zh-CN", { numeric: true });

/** Give the buildings that hold more than one home among `homes`. */
export function buildings(homes: Iterable<DrawHome>): Building[] {
  const stacked = group(homes, placeKey);
  return [...stacked]
    .filter(([, inside]) => inside.length > 1)
    .map(([key, inside]) => ({
      key,
      building: inside[0]?.building ?? "",
      address: inside[0]?.address ?? "",
      homes: inside,
      entrances: entrances(inside),
    }))
    .sort((one, two) => collator.compare(one.building || one.address, two.building || two.address));
}

// A building is told by its name and street; homes that merely stand on one spot count as one building as well.
function placeKey({ building, address, lon, lat }: DrawHome): string {
  return building ? `${street(address)}|${building}` : `${lon},${lat}`;
}

function street(address: string): string {
  return address.replace(/\d+[-号室栋幢座楼].*$/u, "");
}

function entrances(homes: DrawHome[]): Entrance[] {
  return sorted(group(homes, ({ entrance }) => entrance)).map(([entrance, inside]) => ({
    entrance,
    floors: sorted(group(inside, ({ floor }) => floor))
      .reverse()
      .map(([floor, rooms]) => ({ floor, homes: rooms.sort((one, two) => collator.compare(one.room, two.room)) })),
  }));
}

function sorted(groups: Map<string, DrawHome[]>): [string, DrawHome[]][] {
  return [...groups].sort(([one], [two]) => collator.compare(one, two));
}

function group(homes: Iterable<DrawHome>, keyOf: (home: DrawHome) => string): Map<string, DrawHome[]> {
  const groups = new Map<string, DrawHome[]>();
  for (const home of homes) {
    const key = keyOf(home);
    const inside = groups.get(key);
    if (inside) inside.push(home);
    else groups.set(key, [home]);
  }
  return groups;
}
