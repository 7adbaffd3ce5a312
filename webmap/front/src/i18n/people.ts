// The words of officers and posts: a dictionary of its own, so that pages without people do not carry it.
import { pageData } from "../pagedata";
import { peopleEn } from "./people_en";
import { type PeopleKey, peopleZh } from "./people_zh";

export type { PeopleKey };

const words: Record<PeopleKey, string> = pageData.lang === "en" ? peopleEn : peopleZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function p(key: PeopleKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function sayPeople(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as PeopleKey] ?? name;
}

/** Say what a post is called: 片长, 组长 or 邻长 for a chief, else the name of the role in the team. */
export function title(level: string, post: string): string {
  return sayPeople("post", post === "chief" ? level : post);
}
