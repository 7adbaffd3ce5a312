// The words of the field app: a dictionary of its own, so that other pages do not carry it.
import { pageData } from "../pagedata";
import { fieldEn } from "./field_en";
import { type FieldKey, fieldZh } from "./field_zh";

export type { FieldKey };

const words: Record<FieldKey, string> = pageData.lang === "en" ? fieldEn : fieldZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function f(key: FieldKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayF(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as FieldKey] ?? name;
}
