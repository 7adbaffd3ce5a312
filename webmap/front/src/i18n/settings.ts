// The words of the settings: a dictionary of its own, so that other pages do not carry it.
import { pageData } from "../pagedata";
import { settingsEn } from "./settings_en";
import { type SettingsKey, settingsZh } from "./settings_zh";

const words: Record<SettingsKey, string> = pageData.lang === "en" ? settingsEn : settingsZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function g(key: SettingsKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say `prefix.name` where the dictionary has it, else the name itself: for names that the server may add to. */
export function saySetting(prefix: string, name: string, n: string | number = ""): string {
  const found = words[`${prefix}.${name}` as SettingsKey];
  return found === undefined ? name : found.replace("{n}", String(n));
}
