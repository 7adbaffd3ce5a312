// Names that tell units apart: every 组 has a 第1邻, so a 邻 is named with its 组 before it.
import { ask } from "../api";
import type { UnitLine } from "../people/wire";
import { type VillageTree, unitPath } from "./wire";

export type NameOf = (unit: Pick<UnitLine, "id" | "name">) => string;

/** Give a unit's name as it stands. */
export const plainName: NameOf = ({ name }) => name;

/** Ask for the names in a village: 瓦屋组第1邻 for a 邻, the plain name for the rest. */
export async function namesIn(villageId: string): Promise<NameOf> {
  const { items } = await ask<VillageTree>(unitPath(villageId, "tree"));
  const byId = new Map(items.map(({ unit }) => [unit.id, unit]));
  return ({ id, name }) => {
    const unit = byId.get(id);
    const above = unit?.level === "lin" ? byId.get(unit.parent_id ?? "") : undefined;
    return above?.level === "zu" ? joinNames(above.name, name) : name;
  };
}

function joinNames(above: string, name: string): string {
  return /\p{Script=Han}$/u.test(above) ? `${above}${name}` : `${above} ${name}`;
}
