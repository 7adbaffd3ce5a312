// Where an account is signed in, and the devices that stay so: two lists, each row with a button that ends it.
import { ask } from "../api";
import { s } from "../i18n/security";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { telling } from "../ui/toast";

interface Session {
  id: string;
  at: string;
  seen_at: string;
  network: string;
  device: string;
  /** The platform it was opened by, "" for a password. */
  via: string;
  current: boolean;
}

interface Device {
  id: string;
  name: string;
  created_at: string;
  seen_at: string;
  network: string;
}

interface Items<T> {
  items: T[];
}

function viaWords(via: string): string {
  return via === "wecom" || via === "dingtalk" || via === "zhengwu" ? s(`via.${via}`) : via;
}

/** Give the lists of the account whose addresses begin with `base` ("/api" for one's own). */
export function signedInLists(base: string): HTMLElement {
  const sessions = h("ul", { class: "plain-list" });
  const devices = h("ul", { class: "plain-list" });
  const load = async () => {
    const [open, kept] = await Promise.all([ask<Items<Session>>(`${base}/sessions`), ask<Items<Device>>(`${base}/devices`)]);
    fill(sessions, ...(open.items.length ? open.items.map(sessionRow) : [h("li", { class: "muted" }, s("sessions.none"))]));
    fill(devices, ...(kept.items.length ? kept.items.map(deviceRow) : [h("li", { class: "muted" }, s("devices.none"))]));
  };
  const row = (words: string, since: string, label: string, path: string) => {
    const end = () => telling(async () => (await ask(path, { method: "DELETE" }), await load()));
    const named = `${label} ${words}`;
    return h("li", { class: "row" }, h("span", {}, words, " ", h("span", { class: "muted small" }, since)), h("button", { type: "button", class: "link", "aria-label": named, onclick: () => void end() }, label));
  };
  const times = (from: string, seen: string) => s("sessions.since", { at: moment(from), seen: moment(seen) });
  const sessionRow = (one: Session) => {
    const words = [one.device, one.via ? viaWords(one.via) : "", one.network, one.current ? s("sessions.here") : ""].filter(Boolean).join(" · ") || s("device.unnamed");
    return row(words, times(one.at, one.seen_at), s("sessions.end"), `${base}/sessions/${encodeURIComponent(one.id)}`);
  };
  const deviceRow = (one: Device) =>
    row(one.name, times(one.created_at, one.seen_at), s("devices.forget"), `${base}/devices/${encodeURIComponent(one.id)}`);
  void telling(load);
  return h("div", { class: "stack" }, h("section", {}, h("h2", {}, s("sessions.title")), sessions), h("section", {}, h("h2", {}, s("devices.title")), devices));
}
