// The words of the redrawing page's panels: a dictionary of its own, so that the map page does not carry it.
import { pageData } from "../pagedata";
import { drawPanelEn } from "./drawpanel_en";
import { type DrawKey, drawPanelZh } from "./drawpanel_zh";

export type { DrawKey };

const words: Record<DrawKey, string> = pageData.lang === "en" ? drawPanelEn : drawPanelZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function d(key: DrawKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayDraw(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as DrawKey] ?? name;
}
