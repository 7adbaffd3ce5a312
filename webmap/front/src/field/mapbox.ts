// The map on the first screen: fetched only when there is one to draw, and a list takes its place where there is no WebGL 2.
import { f } from "../i18n/field";
import { meta } from "../pagedata";
import { h } from "../ui/dom";
import type { Place } from "../wire";
import type { App } from "./app";
import { boxOf, longName } from "./ground";
import { homesOf, mattersOf } from "./merge";
import { row } from "./parts";
import type { FieldUnit } from "./wire";

let canvas: { element: HTMLElement; key: string } | null = null;

/** Tell whether this browser can draw the map. */
export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

const drawn = canDraw();

/** Give the map of one's own units; the same element again while they are the same, so that it is not drawn anew. */
export function mapBox(app: App, own: readonly FieldUnit[]): HTMLElement {
  if (!drawn) return unitList(app, own);
  const { scope } = app;
  const key = `${scope?.account.id} ${scope?.net_version} ${own.map(({ id }) => id).join()}`;
  if (canvas?.key === key) {
    void import("./fieldmap").then(({ update }) => scope && update(contentOf(app)), () => undefined);
    return canvas.element;
  }
  const element = h("div", { class: "field-map", role: "img", "aria-label": f("home.map") });
  canvas = { element, key };
  // Words and buttons first; the map may come a moment later.
  window.setTimeout(() => void bring(app, element, own), 0);
  return element;
}

// Somebody who lost the signal before the map's files had come gets the list; the next time they are there.
async function bring(app: App, element: HTMLElement, own: readonly FieldUnit[]): Promise<void> {
  try {
    const [{ draw }, worker] = await Promise.all([import("./fieldmap"), fetch(meta("worker-url"))]);
    if (!worker.ok) throw new Error(String(worker.status));
    draw(element, contentOf(app), boxOf(own));
  } catch {
    element.replaceWith(unitList(app, own));
    canvas = null;
  }
}

function contentOf(app: App) {
  const scope = app.scope!;
  return { units: scope.units, homes: homesOf(scope, app.items), matters: mattersOf(scope, app.items) };
}

function unitList({ scope }: App, own: readonly FieldUnit[]): HTMLElement {
  const units = scope!.units.filter(({ level, path }) => level === "lin" && own.some((one) => path.startsWith(one.path)));
  return h("div", { class: "field-list" }, h("p", { class: "field-note" }, f("home.no_map")), ...units.slice(0, 30).map((one) => row("#homes", longName(scope!, one), f("home.homes", { n: one.homes }))));
}

/** Let a person choose a place on the map; gives null when left, or where there is no map. */
export async function choosePlace(app: App, begin: Place | null): Promise<Place | null> {
  if (!drawn || !app.scope) return null;
  const { pick } = await import("./fieldmap");
  return pick(contentOf(app), begin);
}

export { drawn };
