// One matter: what it is, how long is left, and every step a person may take now, with signal or without.
import { f } from "../i18n/field";
import { hasWords, sayW } from "../i18n/issues";
import { stateMark } from "../issues/marks";
import { timeLeft } from "../issues/timeleft";
import type { Step } from "../issues/wire";
import { freshId } from "../ids";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { tell } from "../ui/toast";
import type { App } from "./app";
import { nameOf } from "./categorybox";
import { mattersOf, type Matter } from "./merge";
import { act, burden, head } from "./parts";
import { addFile } from "./reporting";
import { canFill, stepForm } from "./stepform";

/** Draw it; null where the phone does not hold it any more. */
export function matterScreen(app: App, id: string): HTMLElement | null {
  const matter = app.scope ? mattersOf(app.scope, app.items).find((one) => one.id === id) : undefined;
  if (!matter || !app.scope) return null;
  const left = timeLeft(matter.due, new Date(), matter.late);
  const can = matter.steps.filter((step) => canFill(step));
  return h(
    "section",
    { class: "field-screen matter-screen" },
    head(nameOf(matter.category), "#matters/todo", h("span", { class: "muted" }, matter.number)),
    h("p", { class: "matter-marks" }, stateMark(matter.state, matter.late), left ? h("span", { class: `left ${left.press}` }, left.words) : null, matter.unsent.length > 0 ? h("span", { class: "chip warn" }, f("matter.not_known")) : null),
    h("p", { class: "matter-text" }, matter.text || nameOf(matter.category)),
    h("dl", { class: "matter-facts" }, h("dt", {}, f("matter.at")), h("dd", {}, moment(matter.at)), h("dt", {}, f("matter.place")), h("dd", {}, matter.place || f("none"), " ", h("a", { class: "button", href: `geo:${matter.lat},${matter.lon}` }, f("matter.go")))),
    steps(app, matter, can),
    can.length < matter.steps.length ? h("p", { class: "muted small" }, f("matter.desktop")) : null,
    matter.state === "in_hand" || matter.state === "solved" ? afterPhoto(app, matter) : null,
    burden(app, "step"),
  );
}

function steps(app: App, matter: Matter, can: readonly Step[]): HTMLElement {
  const buttons = can.map((step, at) => act(null, sayW("step", step.kind), () => void take(app, matter, step), at === 0 ? "primary" : ""));
  buttons.forEach((button, at) => (button.dataset["step"] = can[at]!.kind));
  return h("div", { class: "step-buttons" }, ...buttons);
}

async function take(app: App, matter: Matter, step: Step): Promise<void> {
  const filled = await stepForm(app, matter, step);
  if (!filled) return;
  const { place, ...detail } = filled;
  const where = Array.isArray(place) ? { lon: Number(place[0]), lat: Number(place[1]) } : {};
  const body = { kind: step.kind, after: matter.last, detail, ...where, device_at: new Date().toISOString() };
  const title = `${nameOf(matter.category)} · ${sayW("step", step.kind)}`;
  if (await app.keep([{ id: freshId(), kind: "event", issue: matter.id, base: matter.last, body, title }])) tell(hasWords("stepdone", step.kind) ? sayW("stepdone", step.kind) : f("matter.done_offline"));
}

// A picture of the work done, which nobody has to take.
function afterPhoto(app: App, matter: Matter): HTMLElement {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "reader", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    await addFile(app, matter.id, file, "after", "queued");
    tell(f("matter.done_offline"));
  });
  return h("div", {}, h("button", { type: "button", class: "button wide", onclick: () => input.click() }, f("matter.photo")), input);
}
