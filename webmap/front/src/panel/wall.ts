// The wall map of a village: which parts, in which form; then the server makes it and the file comes down.
import { ask, sentence } from "../api";
import { t } from "../i18n/index";
import { type Begun, followJob } from "../jobs";
import { asOf } from "../map/asof";
import { may } from "../pagedata";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";

export interface WallWish {
  /** The village, and its name for the title. */
  id: string;
  name: string;
  /** A plan of that village instead of the published net. */
  planId?: string;
}

type Part = "map" | "tree" | "homes";

/** Give the button that opens the dialog of a village's wall map. */
export function wallButton(wish: WallWish): HTMLElement {
  return h("button", { type: "button", class: "button wall-open", onclick: () => openWall(wish) }, icon("print"), t("wall.open"));
}

/** Ask for the parts and the form, follow the making, and hand the file over. */
export function openWall(wish: WallWish): void {
  const parts = (["map", "tree", "homes"] as Part[]).filter((part) => part !== "homes" || may("see_homes"));
  const job = h("div", { class: "wall-job", "aria-live": "polite" });
  const make = h("button", { type: "submit", class: "button primary" }, t("wall.make"));
  const leave = h("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("close"));
  const form = h(
    "form",
    { method: "dialog", class: "wall" },
    h("h2", {}, t("wall.title", { name: wish.name })),
    h("fieldset", {}, h("legend", {}, t("wall.parts")), ...parts.map(partChoice)),
    h("fieldset", { class: "wall-forms" }, h("legend", {}, t("wall.form")), formChoice("pdf", true), formChoice("png", false)),
    job,
    h("div", { class: "dialog-actions" }, leave, make),
  );
  const dialog = h("dialog", { "aria-label": t("wall.title", { name: wish.name }) }, form);
  form.addEventListener("change", () => {
    make.disabled = chosen(form, "part").length === 0;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void makeWall(wish, form, job, make);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function partChoice(part: Part): HTMLElement {
  const input = h("input", { type: "checkbox", name: "part", value: part, checked: part !== "homes" });
  return h("label", { class: "wall-choice" }, input, h("span", {}, t(`wall.part_${part}`), h("small", { class: "muted" }, t(`wall.part_${part}_hint`))));
}

function formChoice(form: "pdf" | "png", checked: boolean): HTMLElement {
  return h("label", { class: "wall-choice" }, h("input", { type: "radio", name: "form", value: form, checked }), h("span", {}, t(`wall.form_${form}`)));
}

function chosen(form: HTMLFormElement, name: string): string[] {
  return [...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]:checked`)].map(({ value }) => value);
}

async function makeWall(wish: WallWish, form: HTMLFormElement, place: HTMLElement, make: HTMLButtonElement): Promise<void> {
  const body = { unit_id: wish.id, plan_id: wish.planId ?? null, as_of: wish.planId ? null : asOf(), parts: chosen(form, "part"), format: chosen(form, "form")[0] };
  make.disabled = true;
  try {
    const begun = await ask<Begun>("/api/wall", { method: "POST", body });
    const done = await followJob(place, begun);
    if (done) hand(place, done.id, String(done.result?.["name"] ?? ""));
  } catch (error) {
    fill(place, h("p", { class: "form-error", role: "alert" }, sentence(error)));
  } finally {
    make.disabled = chosen(form, "part").length === 0;
  }
}

/** Start the download at once, and leave a link for those whose browser asks first. */
function hand(place: HTMLElement, id: string, name: string): void {
  const link = h("a", { class: "wall-file", href: `/api/wall/${encodeURIComponent(id)}`, download: name }, icon("check"), t("wall.ready", { name }));
  fill(place, link);
  link.click();
}
