// The channels of notices: listed, added, changed, tried and removed. An address is typed once and never shown again.
import { ask } from "../api";
import { g, saySetting } from "../i18n/settings";
import { t } from "../i18n/index";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { tell, telling } from "../ui/toast";
import type { Channel, Items, Sending } from "./wire";

const PATH = "/api/notice-channels";
const TRY_TIMES = 40;
const TRY_EVERY_MS = 1000;

interface Unit {
  id: string;
  name: string;
}

/** Give the section; `tried` is called when a try has ended. */
export function channelsSection(tried: () => void): HTMLElement {
  const list = h("ul", { class: "plain-list", id: "channels" });
  let kept: Channel[] = [];
  const show = (channels: Channel[]) => {
    kept = channels;
    fill(list, ...(kept.length ? kept.map(row) : [h("li", { class: "muted" }, g("channels.none"))]));
  };
  const put = async (items: Partial<Channel & { url: string }>[]) => {
    show((await ask<Items<Channel>>(PATH, { method: "PUT", body: { items: items.map(sent) } })).items);
  };
  const edit = (old: Channel | null) => channelForm(old, (made) => put(old ? kept.map((one) => (one.id === old.id ? made : one)) : [...kept, made]));
  const remove = async (one: Channel) => {
    const sure = { title: g("channels.remove_title", { name: one.name }), text: g("channels.remove_text"), confirm: g("channels.remove"), danger: true };
    if ((await question(sure)) !== null) await telling(() => put(kept.filter(({ id }) => id !== one.id)));
  };
  const link = (words: string, name: string, act: () => unknown) =>
    h("button", { type: "button", class: "link", "aria-label": `${words} ${name}`, onclick: () => void act() }, words);
  const row = (one: Channel) =>
    h(
      "li",
      { class: "row" },
      h("span", {}, one.name, " ", h("span", { class: "muted small" }, [shownWords(one.shown), one.ground || g("channel.county")].join(" · "))),
      h("span", { class: "row" }, link(g("channels.try"), one.name, () => tryOut(one, tried)), link(g("channels.change"), one.name, () => edit(one)), link(g("channels.remove"), one.name, () => remove(one))),
    );
  void telling(async () => show((await ask<Items<Channel>>(PATH)).items));
  const add = h("button", { type: "button", class: "button", onclick: () => void edit(null) }, g("channels.add"));
  return h("section", {}, h("h2", {}, g("channels.title")), h("p", { class: "muted" }, g("channels.text")), list, add);
}

/** What goes to the server of a channel: its address only where a new one was typed. */
function sent({ id, name, url, unit_id, office_id, internal }: Partial<Channel & { url: string }>): Record<string, unknown> {
  return { id, name, unit_id, office_id, internal, ...(url ? { url } : {}) };
}

/** Say "webhook hook.example" in the reader's words. */
export function shownWords(shown: string): string {
  const [kind = "", host = ""] = shown.split(" ");
  return [saySetting("channel.kind", kind), host].filter(Boolean).join(" ");
}

async function channelForm(old: Channel | null, put: (made: Partial<Channel & { url: string }>) => Promise<void>): Promise<void> {
  const [towns, offices] = (await telling(() => Promise.all([listTowns(), listOffices()]))) ?? [[], []];
  const name = h("input", { required: true, maxlength: 60, value: old?.name ?? "" });
  const url = h("input", { autocomplete: "off", spellcheck: "false", maxlength: 1000, required: old === null });
  const internal = h("input", { type: "checkbox", checked: old?.internal ?? false });
  const option = (value: string, words: string) => h("option", { value, selected: value === groundOf(old) }, words);
  const known = new Set([...towns, ...offices].map(({ id }) => id));
  const kept = old && groundOf(old) && !known.has(groundOf(old)) ? [option(groundOf(old), old.ground)] : [];
  const group = (label: string, some: Unit[]) => (some.length ? h("optgroup", { label }, ...some.map(({ id, name: words }) => option(id, words))) : null);
  const ground = h("select", {}, option("", g("channel.county")), ...kept, group(g("channel.towns"), towns), group(g("channel.offices"), offices));
  // What was chosen is an office if it is in that list, or if the channel was an office's and stays so.
  const isOffice = () => offices.some(({ id }) => id === ground.value) || (ground.value !== "" && ground.value === old?.office_id);
  const made = () => ({
    id: old?.id ?? newId(),
    name: name.value.trim(),
    url: url.value.trim(),
    unit_id: isOffice() ? "" : ground.value,
    office_id: isOffice() ? ground.value : "",
    internal: internal.checked,
  });
  await formDialog(
    old?.name ?? g("channel.new"),
    [
      field(g("channel.name"), name),
      field(g("channel.url"), url, old ? g("channel.url_kept") : g("channel.url_hint")),
      field(g("channel.ground"), ground),
      h("label", { class: "check" }, internal, h("span", {}, g("channel.internal"))),
    ],
    () => put(made()),
    t("save"),
  );
}

// crypto.randomUUID is missing on a page that is served without HTTPS.
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function groundOf(one: Channel | null): string {
  return one?.unit_id || one?.office_id || "";
}

async function listTowns(): Promise<Unit[]> {
  const county = (await ask<Items<Unit>>("/api/units?limit=1")).items[0];
  return county ? (await ask<Items<Unit>>(`/api/units?parent=${encodeURIComponent(county.id)}&limit=200`)).items : [];
}

async function listOffices(): Promise<Unit[]> {
  return (await ask<Items<Unit>>("/api/offices")).items;
}

/** Send a message that only tries the channel, and tell how it went: the worker sends it within seconds. */
async function tryOut(one: Channel, tried: () => void): Promise<void> {
  await telling(async () => {
    tell(g("channels.trying"));
    const { notice } = await ask<{ notice: string }>(`${PATH}/test`, { method: "POST", body: { id: one.id } });
    for (let n = 0; n < TRY_TIMES; n += 1) {
      await new Promise((wait) => window.setTimeout(wait, TRY_EVERY_MS));
      const now = await ask<Sending>(`/api/notices/outbox/${notice}`);
      if (now.state === "sent") return tell(g("channels.tried_sent", { name: one.name }));
      if (now.error) return tell(g("channels.tried_not", { error: saySetting("error", now.error) }), "error");
    }
    tell(g("channels.tried_later"));
  });
  tried();
}
