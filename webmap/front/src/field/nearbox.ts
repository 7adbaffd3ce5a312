// Open issues near by that may be the same: from the phone's own list at once, from the server where it can be reached.
import { f } from "../i18n/field";
import { sayW } from "../i18n/issues";
import type { Similar } from "../issues/wire";
import { fill, h } from "../ui/dom";
import { length } from "../ui/format";
import { tell } from "../ui/toast";
import type { App } from "./app";
import { nameOf } from "./categorybox";
import { apart_m } from "./inside";
import { draftOf, type Draft } from "./reporting";
import { talk } from "./talk";
import type { Scope } from "./wire";

const NEAR_M = 150;
const MOST = 3;

type Near = Pick<Similar, "id" | "category" | "distance_m" | "state"> & { text?: string };

/** Give the box for a report's place and kind. */
export function nearBox(app: App, id: string): { element: HTMLElement; update: () => void } {
  const element = h("div", { class: "near-box" });
  let asked = "";
  const update = () => {
    const draft = draftOf(app, id)?.draft;
    if (!draft || draft.lon === null || !draft.category_id || !app.scope) return fill(element);
    const key = `${draft.lon} ${draft.lat} ${draft.category_id}`;
    if (key === asked) return;
    asked = key;
    show(element, app, id, held(app.scope, draft));
    const query = new URLSearchParams({ lon: String(draft.lon), lat: String(draft.lat), category: draft.category_id });
    talk(`/api/issues/similar?${query}`).then(
      ({ json }) => asked === key && show(element, app, id, (json as { items: Near[] }).items),
      () => undefined,
    );
  };
  return { element, update };
}

function held({ issues }: Scope, draft: Draft): Near[] {
  return issues
    .filter(({ category, restricted }) => category.id === draft.category_id && !restricted)
    .map((one) => ({ id: one.id, category: one.category, state: one.state, text: one.text, distance_m: apart_m([draft.lon!, draft.lat!], [one.lon, one.lat]) }))
    .filter(({ distance_m }) => distance_m <= NEAR_M)
    .sort((one, other) => one.distance_m - other.distance_m);
}

function show(element: HTMLElement, app: App, draft: string, found: readonly Near[]): void {
  if (found.length === 0) return fill(element);
  fill(element, h("h2", {}, f("report.near")), ...found.slice(0, MOST).map((one) => nearRow(app, draft, one)));
}

function nearRow(app: App, id: string, one: Near): HTMLElement {
  const words = [nameOf(one.category), length(one.distance_m), sayW("state", one.state)].join(" · ");
  const button = h("button", { type: "button", class: "button" }, f("report.me_too"));
  button.addEventListener("click", async () => {
    const found = draftOf(app, id);
    if (!found) return;
    button.disabled = true;
    const { lon, lat } = found.draft;
    const body = { lon, lat, detail: {}, device_at: new Date().toISOString() };
    if (!(await app.keep([{ kind: "voice", issue: one.id, body, title: nameOf(one.category) }]))) return;
    await app.drop(found.item);
    tell(f("report.me_too_done"));
    location.hash = "#home";
  });
  return h("div", { class: "near-row" }, h("span", { class: "field-row-words" }, h("span", {}, one.text || nameOf(one.category)), h("span", { class: "muted small" }, words)), button);
}
