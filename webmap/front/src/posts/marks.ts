// Beside each unit of the tree: who holds its post, or that it is vacant; asked for a village at a time.
import { ask } from "../api";
import { p } from "../i18n/people";
import { fill, h } from "../ui/dom";
import { tellError } from "../ui/toast";
import type { Unit } from "../wire";
import { CHIEF_LEVELS, type Post, type UnitPosts, type VillageTree, unitPath } from "./wire";

/** Give a unit's chief in words: the holder, or that the post is vacant; null where nothing is said yet. */
export function chiefWords(posts: readonly Post[] | undefined): HTMLElement | null {
  const chief = posts?.find(({ post }) => post === "chief");
  if (!chief) return null;
  const [holder] = chief.holders;
  if (!holder) return h("span", { class: "vacant" }, p("vacant"));
  const acting = holder.acting ? `（${p("acting")}）` : "";
  return h("span", { class: "holder" }, `${holder.officer.name}${acting}`);
}

/** Keeps what is said beside the units of a tree. */
export class Marks {
  private readonly places = new Map<string, HTMLElement>();
  private readonly known = new Map<string, UnitPosts>();
  private readonly asked = new Set<string>();

  /** Give what stands beside a unit; it fills once the server has answered. */
  beside(unit: Unit): HTMLElement | null {
    if (!CHIEF_LEVELS.includes(unit.level)) return null;
    const place = h("span", { class: "tree-post" });
    this.places.set(unit.id, place);
    this.show(unit.id);
    // The units below a 片 come with those of its village.
    if (unit.level === "pian" && unit.parent_id) void this.load(unit.parent_id);
    return place;
  }

  /** Ask for a village anew, after somebody was appointed or left. */
  async reload(villageId: string): Promise<void> {
    this.asked.delete(villageId);
    await this.load(villageId);
  }

  private async load(villageId: string): Promise<void> {
    if (this.asked.has(villageId)) return;
    this.asked.add(villageId);
    try {
      const { items } = await ask<VillageTree>(unitPath(villageId, "tree"));
      for (const item of items) {
        this.known.set(item.unit.id, item);
        this.show(item.unit.id);
      }
    } catch (error) {
      this.asked.delete(villageId);
      tellError(error);
    }
  }

  private show(id: string): void {
    const place = this.places.get(id);
    if (place) fill(place, chiefWords(this.known.get(id)?.posts));
  }
}
