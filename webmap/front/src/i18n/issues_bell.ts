// The words of the bell, which every page carries: a dictionary of its own, so that no page carries the desk's for it.
import { pageData } from "../pagedata";

export const bellZh = {
  title: "通知",
  unread: "{n} 条没看",
  many: "{n} 条以上没看",
  none: "没有通知。交到您手里的、快到期的、吹哨叫到您的，都会在这里响。",
  read_all: "全部标为看过",
  more: "再看一些",
  failed: "没能取到通知，请稍后再试。",
};

export const bellEn: Record<keyof typeof bellZh, string> = {
  title: "Notices",
  unread: "{n} unread",
  many: "more than {n} unread",
  none: "No notices. What is handed to you, falls due or calls your office is told here.",
  read_all: "Mark all as read",
  more: "Show more",
  failed: "The notices did not come; please try again later.",
};

/** Say `key` in the reader's language. */
export function bellWord(key: keyof typeof bellZh, n = 0): string {
  return (pageData.lang === "en" ? bellEn : bellZh)[key].replace("{n}", String(n));
}
