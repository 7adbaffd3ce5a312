// Open issues of the same kind near a place, so that nothing is written down twice.
import { ask, query } from "../api";
import type { Full, Short } from "./wire";

const TEXT_MOST = 200;

export interface SimilarWish {
  lon: number;
  lat: number;
  category: string;
  text: string;
}

/** Ask for those that look alike near a place. */
export async function similarAt({ lon, lat, category, text }: SimilarWish): Promise<Short[]> {
  const { items } = await ask<{ items: Short[] }>(`/api/issues/similar${query({ lon, lat, category: category || null, text: text.slice(0, TEXT_MOST) || null })}`);
  return items;
}

/** Ask for those that look like an issue, without itself. */
export async function similarTo({ id, lon, lat, category, text }: Full): Promise<Short[]> {
  return (await similarAt({ lon, lat, category: category.id, text })).filter((one) => one.id !== id);
}
