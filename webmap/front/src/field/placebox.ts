// Where it is, in words: whose ground, who answers there, how surely; and the ways to put it right.
import { f, sayF } from "../i18n/field";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { App } from "./app";
import { suspected } from "./datum";
import { groundWords, leavesOf, longName, middleOf } from "./ground";
import { groundAt } from "./inside";
import { choosePlace, drawn } from "./mapbox";
import { draftOf, note, pin, type Draft } from "./reporting";
import type { Place, Scope } from "./wire";

const CIRCLE_MOST_M = 200; // a wider circle says nothing of borders

export interface PlaceBox {
  element: HTMLElement;
  update: () => void;
  /** Say whether the phone is being asked. */
  looking: (yes: boolean) => void;
}

/** Give the box of a report's place; `changed` is called when a person has set it. */
export function placeBox(app: App, id: string, changed: () => void): PlaceBox {
  const words = h("div", { class: "place-words", role: "status" });
  const acts = h("div", { class: "place-acts" });
  let asking = false;
  const set = async (place: Place) => {
    await pin(app, id, place);
    changed();
  };
  const update = () => {
    const draft = draftOf(app, id)?.draft;
    if (!draft || !app.scope) return;
    fill(words, ...(draft.lon === null ? [h("p", {}, asking ? f("report.locating") : f("report.no_place"))] : placeWords(app.scope, draft, set)));
    fill(acts, drawn && app.scope.units.some(({ border }) => border) ? mapButton(app, draft, set) : null, draft.lon === null && !asking ? unitChoice(app, id, changed) : null);
  };
  const looking = (yes: boolean) => {
    asking = yes;
    update();
  };
  return { element: h("div", { class: "place-box" }, h("h2", {}, icon("pin"), f("report.where")), words, acts), update, looking };
}

function placeWords(scope: Scope, draft: Draft, set: (place: Place) => Promise<void>): HTMLElement[] {
  const place: Place = [draft.lon!, draft.lat!];
  const ground = groundAt(scope.units, place, Math.min(draft.accuracy_m ?? 0, CIRCLE_MOST_M));
  const found: HTMLElement[] = [h("p", { class: "place-ground" }, ground ? groundWords(scope, ground) : f("report.outside"))];
  if (ground && ground.near.length > 0) {
    const names = [ground.chain.at(-1)!, ...ground.near].map((one) => longName(scope, one));
    found.push(h("p", { class: "field-note warn" }, f("report.border", { names: names.join("、") })));
  }
  const shifted = ground ? null : suspected(scope.units, place);
  if (shifted) {
    const use = h("button", { type: "button", class: "button", onclick: () => void set(shifted.place) }, f("report.datum_use"));
    found.push(h("p", { class: "field-note warn" }, f("report.datum", { datum: shifted.datum === "gcj02" ? "GCJ-02" : "BD-09" })), use);
  }
  const how = sayF("report", `how_${draft.place_source}`);
  found.push(h("p", { class: "muted small" }, draft.accuracy_m ? f("report.accuracy", { m: Math.round(draft.accuracy_m), how }) : how));
  return found;
}

function mapButton(app: App, { lon, lat }: Draft, set: (place: Place) => Promise<void>): HTMLElement {
  const button = h("button", { type: "button", class: "button" }, f("report.move"));
  button.addEventListener("click", async () => {
    const place = await choosePlace(app, lon === null || lat === null ? null : [lon, lat]);
    if (place) await set(place);
  });
  return button;
}

// Without the phone's position and without a map a person still knows in which 邻 it is.
function unitChoice(app: App, id: string, changed: () => void): HTMLElement | null {
  const leaves = app.scope ? leavesOf(app.scope) : [];
  if (leaves.length === 0) return null;
  const choice = h("select", { "aria-label": f("report.unit") }, h("option", { value: "" }, f("report.unit")), ...leaves.map((one) => h("option", { value: one.id }, longName(app.scope!, one))));
  choice.addEventListener("change", async () => {
    const unit = leaves.find((one) => one.id === choice.value);
    if (!unit) return;
    await note(app, id, "unit", { place: middleOf(unit), accuracy_m: 0, at: "" });
    changed();
  });
  return choice;
}
