// The words of accounts: a dictionary of its own, so that the map page does not carry it.
import { pageData } from "../pagedata";
import { accountsEn } from "./accounts_en";
import { type AccountsKey, accountsZh } from "./accounts_zh";

const words: Record<AccountsKey, string> = pageData.lang === "en" ? accountsEn : accountsZh;

/** Say `key` in the reader's language, with {names} filled from `values`. */
export function a(key: AccountsKey, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say what a role is called, by its name where the dictionary has none: the server may add to them. */
export function roleName(role: string): string {
  return words[`role.${role}` as AccountsKey] ?? role;
}
