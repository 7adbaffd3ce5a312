// Signing in by a platform: its buttons, the way back with a code, and who is tied to whom there.
import { ask, sentence } from "../api";
import { t } from "../i18n/index";
import { s } from "../i18n/security";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { moment } from "../ui/format";
import { tell, telling } from "../ui/toast";

interface Way {
  kind: string;
  name: string;
}

interface Identity {
  kind: string;
  subject: string;
  at: string;
}

interface Items<T> {
  items: T[];
}

/** What a platform sent a browser back with. */
export interface Returned {
  kind: string;
  code: string;
  state: string;
}

/** Read what a platform sent this page, and take it out of the address: a code is nobody else's to see. */
export function returned(): Returned | null {
  const said = new URLSearchParams(location.search);
  const [kind, code, state] = [said.get("via"), said.get("code") ?? said.get("authCode"), said.get("state")];
  if (!kind) return null;
  history.replaceState(null, "", location.pathname);
  return code && state ? { kind, code, state } : null;
}

/** Ask which platforms the county has set up. */
export async function ways(): Promise<Way[]> {
  return (await ask<Items<Way>>("/api/session/outside")).items;
}

/** Give a button for each platform; `wanted` is the page to come back to, `failed` is told why one cannot go. */
export function wayButtons(found: Way[], wanted: string | null, failed: (words: string) => void): HTMLElement[] {
  const go = async (kind: string) => {
    try {
      const { address } = await ask<{ address: string }>(`/api/session/outside/${encodeURIComponent(kind)}`, { method: "POST", body: wanted ? { next: wanted } : {} });
      location.assign(address);
    } catch (refused) {
      failed(sentence(refused));
    }
  };
  return found.map(({ kind, name }) => h("button", { type: "button", class: "button wide way", onclick: () => void go(kind) }, s("outside.button", { name })));
}

/** Give the section of one's own platforms; nothing where the county has none set up and nobody is tied. */
export function ownPlatforms(): HTMLElement {
  const body = h("div", { class: "stack" });
  const section = h("section", { id: "platforms", hidden: true }, h("h2", {}, s("outside.title")), body);
  const load = async () => {
    const [found, mine] = await Promise.all([ways(), ask<Items<Identity>>("/api/identities")]);
    const extra = mine.items.filter(({ kind }) => !found.some((way) => way.kind === kind)).map(({ kind }) => ({ kind, name: kind }));
    section.hidden = found.length === 0 && extra.length === 0;
    fill(body, h("p", { class: "muted" }, s("outside.text")), h("ul", { class: "plain-list" }, ...[...found, ...extra].map((way) => ownRow(way, mine.items, load))));
  };
  void telling(load);
  return section;
}

function ownRow({ kind, name }: Way, mine: Identity[], again: () => Promise<void>): HTMLElement {
  const tied = mine.find((one) => one.kind === kind);
  if (!tied) return h("li", { class: "row" }, h("span", {}, name), h("button", { type: "button", class: "button", onclick: () => void leave(kind, name) }, s("outside.tie", { name })));
  const untie = () => telling(async () => (await ask(`/api/identities/${encodeURIComponent(kind)}`, { method: "DELETE" }), await again()));
  return h("li", { class: "row" }, h("span", {}, name, " ", h("span", { class: "muted small" }, s("outside.tied", { subject: tied.subject, at: moment(tied.at) }))), h("button", { type: "button", class: "link", "aria-label": s("outside.untie", { name }), onclick: () => void untie() }, s("outside.untie", { name })));
}

// The password once more: whoever finds a page open must not tie a phone of their own to it.
async function leave(kind: string, name: string): Promise<void> {
  const password = h("input", { type: "password", autocomplete: "current-password", required: true, maxlength: 200 });
  const code = h("input", { autocomplete: "one-time-code", maxlength: 60, spellcheck: "false", autocapitalize: "none" });
  const send = () => ask<{ address: string }>(`/api/identities/${encodeURIComponent(kind)}`, { method: "POST", body: { password: password.value, ...(code.value ? { code: code.value } : {}) } });
  const fields = [field(s("factor.password"), password), field(s("outside.code_maybe"), code)];
  const gone = await formDialog(s("outside.tie", { name }), fields, send, s("outside.go"));
  if (gone) location.assign(gone.address);
}

/** Tie the platform that a browser came back from to the account that is signed in. */
export async function finishTie(back: Returned): Promise<void> {
  if (await telling(async () => (await ask("/api/identities", { method: "POST", body: back }), true))) tell(s("outside.done"));
}

/** Give the section of another's platforms, for who manages the account with addresses that begin with `base`. */
export function platformsOf(base: string): HTMLElement {
  const body = h("div", { class: "stack" });
  const load = async () => {
    const [found, tied] = await Promise.all([ways(), ask<Items<Identity>>(`${base}/identities`)]);
    const kinds = [...found, ...tied.items.filter(({ kind }) => !found.some((way) => way.kind === kind)).map(({ kind }) => ({ kind, name: kind }))];
    fill(body, ...(kinds.length > 0 ? kinds.map((way) => row(way, tied.items)) : [h("p", { class: "muted" }, s("outside.none"))]));
  };
  const row = ({ kind, name }: Way, tied: Identity[]) => {
    const path = `${base}/identities/${encodeURIComponent(kind)}`;
    const input = h("input", { value: tied.find((one) => one.kind === kind)?.subject ?? "", maxlength: 128, autocomplete: "off", spellcheck: "false", "aria-label": s("outside.subject", { name }) });
    const save = () => telling(async () => (await ask(path, input.value.trim() ? { method: "PUT", body: { subject: input.value } } : { method: "DELETE" }), tell(s("outside.saved")), await load()));
    return h("label", { class: "field" }, h("span", {}, s("outside.subject", { name })), h("span", { class: "row" }, input, h("button", { type: "button", class: "button", onclick: () => void save() }, t("save"))));
  };
  void telling(load);
  return h("section", { class: "stack" }, h("h2", {}, s("outside.title")), body);
}
