// The words of the board: a dictionary of its own, so that pages without it do not carry it.
import { pageData } from "../pagedata";
import { boardEn } from "./board_en";
import { type BoardKey, boardZh } from "./board_zh";

export type { BoardKey };

const words: Record<BoardKey, string> = pageData.lang === "en" ? boardEn : boardZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function b(key: BoardKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself. */
export function sayB(prefix: string, name: string): string {
  return words[`${prefix}.${name}` as BoardKey] ?? name;
}
