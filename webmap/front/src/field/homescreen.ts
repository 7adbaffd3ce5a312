// One home: visit, errand, and what is not as the register says. Also the form for a home that is new.
import { f, sayF, type FieldKey } from "../i18n/field";
import { freshId } from "../ids";
import { h } from "../ui/dom";
import { tell } from "../ui/toast";
import type { App } from "./app";
import { errands, nameOfHome, visited } from "./homes";
import { where } from "./locate";
import { homesOf } from "./merge";
import { burden, head } from "./parts";
import type { FieldHome } from "./wire";

/** Draw a home; null where it is not one's own (any more). */
export function homeOfScreen(app: App, id: string): HTMLElement | null {
  const home = app.scope ? homesOf(app.scope, app.items).find((one) => one.id === id) : undefined;
  if (!home) return null;
  const buttons = (app.scope?.outcomes ?? []).map((one) => h("button", { type: "button", class: `button ${one === "home" ? "primary" : ""}`, onclick: () => void visited(app, home, one).then(() => (location.hash = "#homes")) }, sayF("outcome", one)));
  return h(
    "section",
    { class: "field-screen" },
    head(nameOfHome(home), "#homes"),
    h("div", { class: "outcome-row" }, ...buttons),
    h("a", { class: "button wide", href: `geo:${home.lat},${home.lon}` }, f("matter.go")),
    errands(app, home.id),
    h("div", { class: "errands" }, h("h2", {}, f("finding.title")), h("div", { class: "row" }, ...["gone", "wrong"].map((kind) => h("a", { class: "button", href: `#finding/${kind}/${home.id}` }, sayF("finding", kind))))),
  );
}

/** Draw the form of a finding: a home that is new, gone, or not as the register says. */
export function findingScreen(app: App, kind: string, id: string): HTMLElement {
  const home = app.scope?.homes.find((one) => one.id === id);
  const back = home ? `#home-of/${home.id}` : "#homes";
  const label = f("finding.text", { what: f(`finding.text_${kind}` as FieldKey) });
  const text = h("textarea", { rows: 3, maxlength: 500 });
  const send = h("button", { type: "button", class: "button primary send-button" }, f("report.send"));
  send.addEventListener("click", async () => {
    send.disabled = true;
    if (await found(app, kind, home, text.value.trim())) {
      tell(f("finding.done"));
      location.hash = "#homes";
    } else send.disabled = false;
  });
  return h(
    "section",
    { class: "field-screen" },
    head(sayF("finding", kind), back),
    home ? h("p", {}, nameOfHome(home)) : h("p", { class: "muted" }, f("finding.place")),
    h("label", { class: "field" }, h("span", {}, label), text),
    burden(app, "finding"),
    h("div", { class: "send-bar" }, send),
  );
}

async function found(app: App, kind: string, home: FieldHome | undefined, text: string): Promise<boolean> {
  if (kind !== "gone" && !text) {
    tell(f("finding.text_first"), "error");
    return false;
  }
  const fix = kind === "new" ? await where() : null;
  if (kind === "new" && !fix) {
    tell(f("report.no_place"), "error");
    return false;
  }
  const place = fix ? { lon: fix.place[0], lat: fix.place[1] } : {};
  const body = { kind, ...(home ? { household: home.id } : {}), ...place, told: { ...(text ? { text } : {}) }, device_at: new Date().toISOString() };
  return app.keep([{ id: freshId(), kind: "finding", body, title: [sayF("finding", kind), home ? nameOfHome(home) : text].filter(Boolean).join(" · ") }]);
}
