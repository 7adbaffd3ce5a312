// The words of the redrawing page's map and tools: a dictionary of its own, so that the map page does not carry it.
import { pageData } from "../pagedata";
import { drawStageEn } from "./drawstage_en";
import { drawStageZh, type StageKey } from "./drawstage_zh";
import { type Key as PageKey, t as page } from "./index";

export type Key = StageKey | PageKey;

const words: Record<StageKey, string> = pageData.lang === "en" ? drawStageEn : drawStageZh;

/** Say `key` in the reader's language, with {names} filled from `values`; knows the words of all pages as well. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  if (!(key in words)) return page(key as PageKey, values);
  return words[key as StageKey].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
