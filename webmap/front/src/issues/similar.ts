// Open issues of the same kind near a place, so that nothing is written down twice.
import { ask, query } from "../api";
import { w } from "../i18n/issues";
import { h } from "../ui/dom";
import { day, length } from "../ui/format";
import { excerpt, stateMark } from "./marks";
import { categoryName } from "./registry";
import type { Full, Similar } from "./wire";

const TEXT_MOST = 200;

export interface SimilarWish {
  lon: number;
  lat: number;
  category: string;
  text: string;
}

/** Ask for those that look alike near a place. */
export async function similarAt({ lon, lat, category, text }: SimilarWish): Promise<Similar[]> {
  const { items } = await ask<{ items: Similar[] }>(`/api/issues/similar${query({ lon, lat, category: category || null, text: text.slice(0, TEXT_MOST) || null })}`);
  return items;
}

/** Ask for those that look like an issue, without itself. */
export async function similarTo({ id, lon, lat, category, text }: Full): Promise<Similar[]> {
  return (await similarAt({ lon, lat, category: category.id, text })).filter((one) => one.id !== id);
}

/** Say one of them: its state, number and words, and how far away it lies. */
export function similarWords({ number, category, state, text, voices, distance_m, day: raised }: Similar): HTMLElement[] {
  const far = w("similar.far", { m: length(distance_m) });
  const said = number ? excerpt(text ?? "", 60) : w("similar.unseen");
  const more = [number ?? "", categoryName(category), far, day(raised), voices && voices > 1 ? w("chip.voices", { n: voices }) : ""];
  return [stateMark(state), h("span", {}, said), h("span", { class: "muted small" }, more.filter(Boolean).join(" · "))];
}
