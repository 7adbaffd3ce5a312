// Accounts for all chiefs of a village or a town at once, a few at a time, and the sheet of one-time passwords to print.
import { ask, query, sentence } from "../api";
import { a } from "../i18n/accounts";
import { makeSearch } from "../panel/search";
import { fill, h } from "../ui/dom";
import { whole } from "../ui/format";
import { icon } from "../ui/icons";
import { telling } from "../ui/toast";

interface Counts {
  chiefs: number;
  with_account: number;
}

interface Made {
  officer: { id: string; name: string };
  village: string;
  posts: { unit: string; title: string }[];
  account: string;
  one_time_password: string;
}

interface Part {
  items: Made[];
  left: number;
}

/** Give the section; `changed` is called when accounts were made. */
export function chiefAccounts(changed: () => void): HTMLElement {
  const body = h("div", { class: "stack", "aria-live": "polite" }, h("p", { class: "muted" }, a("chiefs.pick")));
  const choose = async (unit: string, name: string) => {
    const found = await telling(() => ask<Counts>(`/api/accounts/chiefs${query({ unit })}`));
    if (found) fill(body, ...standing(found, unit, name));
  };
  const standing = ({ chiefs, with_account }: Counts, unit: string, name: string): HTMLElement[] => {
    const n = chiefs - with_account;
    const words = h("p", {}, a("chiefs.counts", { name, chiefs: whole(chiefs), n: whole(n) }));
    if (n === 0) return [words, h("p", { class: "all-well" }, icon("check"), a("chiefs.none"))];
    const begin = h("button", { type: "button", class: "button primary" }, a("chiefs.begin", { n: whole(n) }));
    begin.addEventListener("click", async () => {
      begin.disabled = true;
      const done = await makeAll(unit, (made) => (begin.textContent = a("chiefs.going", { n: whole(made) })));
      fill(body, ...result(done, name));
      if (done.made.length > 0) changed();
    });
    return [words, h("div", { class: "row" }, begin)];
  };
  return h("section", { class: "panel chief-accounts stack" }, h("h2", {}, a("chiefs.title")), h("p", { class: "muted" }, a("chiefs.text")), makeSearch({}, ({ id, label }) => void choose(id, label), "unit"), body);
}

interface Done {
  made: Made[];
  left: number;
  why: string;
}

async function makeAll(unit: string, progress: (n: number) => void): Promise<Done> {
  const made: Made[] = [];
  let left = 0;
  try {
    for (;;) {
      const part = await ask<Part>("/api/accounts/chiefs", { method: "POST", body: { unit } });
      made.push(...part.items);
      left = part.left;
      progress(made.length);
      if (part.items.length === 0 || left === 0) return { made, left, why: "" };
    }
  } catch (error) {
    return { made, left, why: sentence(error) };
  }
}

function result({ made, left, why }: Done, name: string): HTMLElement[] {
  const told = [
    why ? h("p", { class: "form-error", role: "alert" }, a("chiefs.stopped", { why })) : null,
    made.length > 0 ? h("p", { class: "note" }, a("chiefs.done", { n: whole(made.length) })) : null,
    left > 0 && !why ? h("p", { class: "note" }, a("chiefs.left_out", { n: whole(left) })) : null,
    made.length > 0 ? h("div", { class: "row" }, h("button", { type: "button", class: "button primary", onclick: () => window.print() }, icon("print"), a("chiefs.print"))) : null,
    made.length > 0 ? sheet(made, name) : null,
  ];
  return told.filter((one): one is HTMLElement => one !== null);
}

function sheet(made: Made[], name: string): HTMLElement {
  const heads = [a("chiefs.col_person"), a("chiefs.col_post"), a("chiefs.col_account"), a("chiefs.col_password")];
  const row = (one: Made) => {
    const posts = one.posts.map(({ unit, title }) => [one.village, unit, title].filter(Boolean).join(" ")).join("、");
    const cells = [posts, h("code", {}, one.account), h("code", { class: "once" }, one.one_time_password)];
    return h("tr", {}, h("th", { scope: "row", "data-label": heads[0] as string }, one.officer.name), ...cells.map((cell, at) => h("td", { "data-label": heads[at + 1] as string }, cell)));
  };
  return h(
    "article",
    { class: "pass-sheet" },
    h("h3", {}, a("chiefs.sheet", { name })),
    h("p", { class: "small" }, a("chiefs.sheet_text", { site: location.origin })),
    h("div", { class: "table-wrap" }, h("table", { class: "table cards" }, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...made.map(row)))),
  );
}
