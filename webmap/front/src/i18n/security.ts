// The words of signing in: a dictionary of its own, so that the map page does not carry it.
import { pageData } from "../pagedata";
import { securityEn } from "./security_en";
import { type SecurityKey, securityZh } from "./security_zh";

const words: Record<SecurityKey, string> = pageData.lang === "en" ? securityEn : securityZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function s(key: SecurityKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
