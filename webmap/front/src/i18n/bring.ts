// The words of the import page: a dictionary of its own, so that other pages do not carry it.
import { pageData } from "../pagedata";
import { bringEn } from "./bring_en";
import { type BringKey, bringZh } from "./bring_zh";

const words: Record<BringKey, string> = pageData.lang === "en" ? bringEn : bringZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function b(key: BringKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayBring(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as BringKey] ?? name;
}
