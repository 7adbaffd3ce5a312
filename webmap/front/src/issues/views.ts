// Saved views: a query under a name, kept on the server for its owner; and what else may be done with what is shown.
import { ask } from "../api";
import { w } from "../i18n/issues";
import { may } from "../pagedata";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { icon } from "../ui/icons";
import { tell, tellError, telling } from "../ui/toast";
import { freshId } from "../ids";
import { askPath, type Query, tidy } from "./wanted";
import type { SavedView } from "./wire";

export interface ToolsWish {
  now: () => Query;
  show: (query: Query) => void;
}

const NAME_MOST = 30;

/** Give the menu: saved views, files, paper. */
export function toolsMenu(wish: ToolsWish): HTMLElement {
  const list = h("ul", { class: "saved-views" });
  const load = async () => {
    const { items } = await ask<{ items: SavedView[] }>("/api/issues/views");
    fill(list, ...(items.length > 0 ? items.map((view) => row(view)) : [h("li", { class: "muted small" }, w("views.none"))]));
  };
  const row = (view: SavedView) => {
    const drop = h("button", { type: "button", class: "quiet", "aria-label": w("views.drop", { name: view.name }), onclick: () => void dropView(view, load) }, icon("close"));
    const show = () => {
      fold.open = false;
      wish.show(tidy(view.query));
    };
    return h("li", {}, h("button", { type: "button", onclick: show }, view.name), drop);
  };
  const save = h("button", { type: "button" }, icon("plus"), w("views.save"));
  save.addEventListener("click", () => {
    fold.open = false;
    void saveView(wish.now());
  });
  const files = h("div", { class: "tool-files" });
  const fold = h(
    "details",
    { class: "menu tools-menu" },
    h("summary", { class: "button", title: w("desk.tools") }, h("span", {}, w("desk.more")), icon("chevron")),
    h("div", { class: "menu-sheet" }, h("p", { class: "muted small" }, w("views.title")), list, save, files),
  );
  fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    fill(files, ...fileLinks(wish.now()));
    void load().catch(tellError);
  });
  return fold;
}

function fileLinks(query: Query): HTMLElement[] {
  const ledger = askPath("", query).replace("/api/issues", "/ledger");
  if (!may("issues")) return [];
  return [
    ...(may("desk") ? [h("a", { href: "/incoming" }, w("desk.incoming"))] : []),
    h("a", { href: askPath("export", query, { format: "csv" }), download: "" }, w("desk.csv")),
    h("a", { href: askPath("export", query, { format: "xlsx" }), download: "" }, w("desk.xlsx")),
    h("a", { href: ledger }, icon("print"), w("desk.ledger")),
  ];
}

async function saveView(query: Query): Promise<void> {
  const input = h("input", { required: true, maxlength: NAME_MOST, autocomplete: "off" });
  const id = freshId();
  const send = () => ask(viewPath(id), { method: "PUT", body: { name: input.value.trim(), query } });
  const saved = await formDialog(w("views.save"), [field(w("views.name"), input)], async () => (await send(), true));
  if (saved) tell(w("views.saved", { name: input.value.trim() }));
}

// Taken away at once, and brought back by a word: undo beats "are you sure".
async function dropView({ id, name, query }: SavedView, after: () => Promise<void>): Promise<void> {
  const gone = await telling(async () => (await ask(viewPath(id), { method: "DELETE" }), true));
  if (!gone) return;
  const back = () => void telling(() => ask(viewPath(freshId()), { method: "PUT", body: { name, query } })).then(() => after().catch(tellError));
  tell(w("views.dropped", { name }), "info", { words: w("views.undo"), act: back });
  await after().catch(tellError);
}

function viewPath(id: string): string {
  return `/api/issues/views/${encodeURIComponent(id)}`;
}
