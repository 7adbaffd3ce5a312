// How units and homes are called where several stand side by side: a 邻 with its 组, an address without what all share.
import type { DrawUnit } from "../../wire";
import { unitName } from "../content";
import type { Session } from "./stage";

/** Give a unit's name; that of a 邻 with its 组 before it, since every 组 has its own 第1邻. */
export function fullName(session: Session, unit: Pick<DrawUnit, "id" | "name" | "code"> | undefined): string {
  const known = session.units.get(unit?.id ?? "");
  const parent = known?.level === "lin" ? session.units.get(known.parent_id ?? "") : undefined;
  return parent && parent.level !== "village" ? `${unitName(parent)}${unitName(known)}` : unitName(known ?? unit);
}

/** Give an address without the village's name and what comes before it. */
export function shortAddress(session: Session, address: string): string {
  const village = session.content.village()?.name ?? "";
  const at = village ? address.indexOf(village) : -1;
  return (at < 0 ? "" : address.slice(at + village.length).trim()) || address;
}
