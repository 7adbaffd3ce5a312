// The words of what comes in from outside: a dictionary of its own, so that other pages do not carry it.
import { pageData } from "../pagedata";
import { incomingEn } from "./incoming_en";
import { type IncomingKey, incomingZh } from "./incoming_zh";

const words: Record<IncomingKey, string> = pageData.lang === "en" ? incomingEn : incomingZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function n(key: IncomingKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayIncoming(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as IncomingKey] ?? name;
}
