// The words of issues: a dictionary of its own, so that pages without issues do not carry it.
import { pageData } from "../pagedata";
import { deskEn } from "./issues_desk_en";
import { type DeskKey, deskZh } from "./issues_desk_zh";
import { issuesEn } from "./issues_en";
import { eventsEn } from "./issues_events_en";
import { type EventKey, eventsZh } from "./issues_events_zh";
import { type IssueKey, issuesZh } from "./issues_zh";

export type WordKey = IssueKey | DeskKey | EventKey;

const words: Record<WordKey, string> = pageData.lang === "en" ? { ...issuesEn, ...deskEn, ...eventsEn } : { ...issuesZh, ...deskZh, ...eventsZh };

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function w(key: WordKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayW(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as WordKey] ?? name;
}


/** Tell whether the dictionary has `prefix.name`. */
export function hasWords(prefix: string, name: string): boolean {
  return `${prefix}.${name}` in words;
}
