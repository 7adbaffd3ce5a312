// The bell in the bar of every page: how many notices are unread, the latest of them, each leading to its issue.
import { ask, query } from "../api";
import { bellWord } from "../i18n/issues_bell";
import { pageData } from "../pagedata";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";

const POLL_MS = 120_000;
const PAGE = 15;

interface Notice {
  id: string;
  text: string;
  at: string;
  issue: string;
  read: boolean;
}

interface Notices {
  items: Notice[];
  next: string | null;
  unread: number;
  unread_most: number;
}

/** Bring the bell to life, where the page has one. */
export function wireBell(): void {
  const menu = document.querySelector<HTMLDetailsElement>("#bell");
  // Before a second factor that a role asks for is set up the server tells nothing of issues.
  if (!menu || !pageData.account || pageData.must_enrol) return;
  const count = h("span", { class: "bell-count", hidden: true });
  const words = h("span", { class: "reader", role: "status" });
  menu.querySelector("summary")?.append(count, words);
  const sheet = h("div", { class: "menu-sheet bell-sheet" });
  menu.append(sheet);
  const tell = ({ unread, unread_most }: Pick<Notices, "unread" | "unread_most">) => {
    const many = unread >= unread_most;
    count.hidden = unread === 0;
    count.textContent = many ? `${unread_most}+` : String(unread);
    words.textContent = unread === 0 ? "" : bellWord(many ? "many" : "unread", unread);
  };
  // A count that does not come is no reason to trouble anybody: the next one may.
  const poll = () => !document.hidden && void fetchCount().then(tell, () => undefined);
  menu.addEventListener("toggle", () => menu.open && void open(sheet, tell));
  window.setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);
  poll();
}

function fetchCount(): Promise<Pick<Notices, "unread" | "unread_most">> {
  return ask("/api/notices/unread");
}

async function open(sheet: HTMLElement, tell: (told: Notices) => void): Promise<void> {
  const list = h("ul", { class: "bell-list" });
  const foot = h("div", { class: "row spread" });
  const load = async (after: string | null) => {
    const found = await ask<Notices>(`/api/notices${query({ limit: PAGE, after })}`);
    tell(found);
    list.append(...found.items.map(row));
    const all = h("button", { type: "button", class: "link", onclick: () => void readAll(list).then(fetchCount).then((told) => tell({ ...found, ...told }), () => undefined) }, bellWord("read_all"));
    const more = h("button", { type: "button", class: "link", onclick: () => void load(found.next).catch(failed) }, bellWord("more"));
    fill(foot, found.unread > 0 ? all : null, found.next ? more : null);
    if (list.children.length === 0) fill(list, h("li", { class: "bell-none muted" }, bellWord("none")));
  };
  const failed = () => fill(list, h("li", { class: "bell-none" }, bellWord("failed")));
  fill(sheet, h("h2", {}, bellWord("title")), list, foot);
  await load(null).catch(failed);
}

function row({ id, text, at, issue, read }: Notice): HTMLElement {
  const link = h("a", { href: `/issues?id=${encodeURIComponent(issue)}`, class: read ? "read" : "" }, h("span", {}, text), h("time", { datetime: at, class: "muted small" }, moment(at)));
  // Read is read even when the page is left at once.
  link.addEventListener("click", () => void ask("/api/notices/read", { method: "POST", body: { ids: [id] } }).catch(() => undefined));
  return h("li", {}, link);
}

async function readAll(list: HTMLElement): Promise<void> {
  await ask("/api/notices/read", { method: "POST", body: { all: true } });
  list.querySelectorAll("a").forEach((link) => link.classList.add("read"));
}
