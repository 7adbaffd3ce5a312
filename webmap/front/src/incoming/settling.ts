// One list of things that wait for a word: taken, or refused with a reason that its sender reads.
import { n } from "../i18n/incoming";
import { t } from "../i18n/index";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { tell, tellError, telling } from "../ui/toast";

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface ListWish<T> {
  id: string;
  title: string;
  text: string;
  empty: string;
  /** Ask for a page: behind what, and whether with what was dealt with. */
  page: (after: string | null, all: boolean) => Promise<Page<T>>;
  row: (item: T, again: () => Promise<void>) => HTMLElement;
  /** What stands behind the list at its end, such as a choice to see more. */
  hasAll?: boolean;
}

/** Give a section that lists what waits, a page at a time. */
export function listSection<T>(wish: ListWish<T>): HTMLElement {
  const list = h("ul", { class: "plain-list incoming-list", id: wish.id });
  const foot = h("div", { class: "row" });
  const all = h("input", { type: "checkbox" });
  const load = async (after: string | null) => {
    const found = await wish.page(after, all.checked);
    const rows = found.items.map((item) => wish.row(item, () => load(null)));
    if (after === null) fill(list, ...(rows.length ? rows : [h("li", { class: "muted" }, wish.empty)]));
    else list.append(...rows);
    const { next } = found;
    fill(foot, next ? h("button", { type: "button", class: "button", onclick: () => void load(next).catch(tellError) }, t("more")) : null);
  };
  all.addEventListener("change", () => void load(null).catch(tellError));
  void telling(() => load(null));
  const choice = wish.hasAll === false ? null : h("label", { class: "check" }, all, h("span", {}, n("all")));
  return h("section", { class: "stack" }, h("h2", {}, wish.title), h("p", { class: "muted" }, wish.text), choice, list, foot);
}

/** Ask why something is refused; the reason is sent, and null is given where it was left. */
export function askWhy(title: string, label: string): Promise<string | null> {
  return question({ title, confirm: title, reason: { label, least: 2 } });
}

/** Do something with what waits, say that it is done, and list what is left. */
export async function settle(act: () => Promise<unknown>, words: string, again: () => Promise<void>): Promise<void> {
  await telling(async () => {
    await act();
    tell(words);
    await again();
  });
}

/** Say who settled something, and what was said. */
export function settledLine(words: string, by: string, at: string | null, answer: string): HTMLElement {
  return h("p", { class: "muted small" }, [words, n("settled.by", { by, at: moment(at) }), answer].filter(Boolean).join(" · "));
}

/** Give a link to a place on the map. */
export function onMap(lon: number, lat: number, what = ""): HTMLElement {
  return h("a", { class: "small", href: `/map#17.50/${lat.toFixed(5)}/${lon.toFixed(5)}/${what}` }, n("on_map"));
}
