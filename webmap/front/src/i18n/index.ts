// The words of the pages: one dictionary a language with the same keys, checked by the compiler.
import { pageData } from "../pagedata";
import { en } from "./en";
import { type Key, zh } from "./zh";

export type { Key };

const words: Record<Key, string> = pageData.lang === "en" ? en : zh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function say(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as Key] ?? name;
}
