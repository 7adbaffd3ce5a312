// The photos of an issue: before and after side by side, how many have come, one in full, more to be added.
import { ask, query, sentence } from "../api";
import { t } from "../i18n/index";
import { w } from "../i18n/issues";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { icon } from "../ui/icons";
import { tell, tellError, telling } from "../ui/toast";
import { radios } from "./controls";
import { freshId } from "../ids";
import { issuePath, type Photo, photoPath, type Photos, type Short } from "./wire";

type Stage = Photo["stage"];

const WAIT_MS = 1500;
const TRIES = 20;

/** Pair photos taken before and after, the first with the first; what has no partner stands alone. */
export function pairs(photos: readonly Photo[]): { pairs: [Photo | null, Photo | null][]; others: Photo[] } {
  const of = (stage: Stage) => photos.filter((photo) => photo.stage === stage);
  const [before, after] = [of("before"), of("after")];
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, at): [Photo | null, Photo | null] => [before[at] ?? null, after[at] ?? null]);
  return { pairs: rows, others: of("check") };
}

/** Give the section; it fills once the server has answered. */
export function photosSection(issue: Pick<Short, "id" | "state">, mayAdd: boolean): HTMLElement {
  const body = h("div", { class: "photos" }, h("p", { class: "muted small" }, t("loading")));
  const count = h("span", { class: "muted small" });
  let tries = TRIES;
  const load = async () => {
    const found = await ask<Photos>(issuePath(issue.id, "photos"));
    count.textContent = found.expected > found.stored ? w("card.photos_some", { come: found.stored, told: found.expected }) : "";
    fill(body, ...gallery(found, () => void load().catch(tellError)));
    // A photo is worked on for a moment after it came.
    if (found.items.some(({ state }) => state === "waiting") && tries-- > 0) window.setTimeout(() => body.isConnected && void load().catch(tellError), WAIT_MS);
  };
  void load().catch((error) => fill(body, h("p", { class: "muted small" }, sentence(error))));
  const heading = h("div", { class: "row spread" }, h("h3", {}, w("card.photos"), " ", count), mayAdd ? adder(issue, () => void load().catch(tellError)) : null);
  return h("section", { class: "card-photos" }, heading, body);
}

function gallery({ items, may_hide }: Photos, again: () => void): HTMLElement[] {
  if (items.length === 0) return [h("p", { class: "muted" }, w("card.no_photos"))];
  const { pairs: rows, others } = pairs(items);
  const show = (photo: Photo) => viewer(items, photo, may_hide ? again : null);
  const cell = (photo: Photo | null, stage: Stage) => (photo ? thumb(photo, show) : h("p", { class: "photo-none muted small" }, `${stageWord(stage)} —`));
  return [
    ...rows.map(([before, after]) => h("div", { class: "photo-pair" }, cell(before, "before"), cell(after, "after"))),
    ...(others.length > 0 ? [h("div", { class: "photo-row" }, ...others.map((photo) => thumb(photo, show)))] : []),
  ];
}

function stageWord(stage: Stage): string {
  return w(`card.photo_${stage}`);
}

function photoWords({ stage, by, at }: Photo): string {
  return w("card.photo_of", { stage: stageWord(stage), by, at: moment(at) });
}

function thumb(photo: Photo, show: (photo: Photo) => void): HTMLElement {
  const { id, stage, state, sentence: why, hidden } = photo;
  const caption = h("figcaption", {}, stageWord(stage), hidden ? ` · ${w("card.photo_hidden")}` : "");
  if (state === "waiting") return h("figure", { class: "photo" }, h("p", { class: "photo-none muted small" }, w("card.photo_waiting")), caption);
  if (state === "refused") return h("figure", { class: "photo" }, h("p", { class: "photo-none muted small" }, w("card.photo_refused", { why })), caption);
  const image = h("img", { src: photoPath(id, "thumb"), alt: photoWords(photo), loading: "lazy" });
  return h("figure", { class: `photo${hidden ? " hidden-photo" : ""}` }, h("button", { type: "button", onclick: () => show(photo) }, image), caption);
}

// One photo in full, the others by the arrow keys.
function viewer(photos: readonly Photo[], first: Photo, changed: (() => void) | null): void {
  const ready = photos.filter(({ state }) => state === "ready");
  let at = ready.indexOf(first);
  const image = h("img", { alt: "" });
  const words = h("p", { role: "status" });
  const show = (step: number) => {
    at = (at + step + ready.length) % ready.length;
    const photo = ready[at];
    if (!photo) return;
    image.src = photoPath(photo.id, "full");
    image.alt = words.textContent = photoWords(photo);
    hide.textContent = w(photo.hidden ? "card.photo_unhide" : "card.photo_hide");
  };
  const arrow = (step: number, label: string) => h("button", { type: "button", class: `button photo-step ${step < 0 ? "back" : ""}`, "aria-label": label, hidden: ready.length < 2, onclick: () => show(step) }, icon("chevron"));
  const hide = h("button", { type: "button", class: "button", hidden: changed === null });
  hide.addEventListener("click", () => {
    const photo = ready[at];
    if (!photo) return;
    void setHidden(photo).then((done) => {
      if (!done) return;
      dialog.close();
      changed?.();
    });
  });
  const close = h("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, t("close"));
  const dialog = h("dialog", { class: "photo-viewer", "aria-label": w("card.photos") }, image, words, h("div", { class: "dialog-actions" }, arrow(-1, t("problems.previous")), arrow(1, t("problems.next")), hide, close));
  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight") show(1);
    if (key === "ArrowLeft") show(-1);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  show(0);
}

// A photo that should not be seen is hidden with a reason, never deleted, and may be shown again.
async function setHidden({ id, hidden }: Photo): Promise<boolean> {
  const asked = w(hidden ? "card.photo_unhide" : "card.photo_hide");
  const reason = await question({ title: asked, text: w("card.photo_hide_text"), confirm: asked, reason: { label: w("field.reason"), least: 2 } });
  if (reason === null) return false;
  return (await telling(async () => (await ask(`/api/photos/${encodeURIComponent(id)}/hide`, { method: "POST", body: { hidden: !hidden, reason } }), true))) ?? false;
}

function adder({ id, state }: Pick<Short, "id" | "state">, added: () => void): HTMLElement {
  const button = h("button", { type: "button", class: "button small-button" }, icon("plus"), w("card.photo_add"));
  button.addEventListener("click", () => void addDialog(id, state === "waiting" ? "before" : "after").then((any) => any && added()));
  return button;
}

function addDialog(id: string, begin: Stage): Promise<boolean> {
  return new Promise((resolve) => {
    const stage = radios("stage", (["before", "after", "check"] as const).map((one) => [one, stageWord(one)]), begin);
    const input = fileInput();
    const told = h("p", { class: "small", role: "status" });
    const submit = h("button", { type: "submit", class: "button primary" }, w("card.photo_add"));
    const close = (any: boolean) => {
      dialog.close();
      dialog.remove();
      resolve(any);
    };
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", {}, w("card.photo_add")),
      h("fieldset", { class: "field-group" }, h("legend", {}, w("card.photo_stage")), stage.element),
      input,
      told,
      h("div", { class: "dialog-actions" }, h("button", { type: "button", class: "button", onclick: () => close(false) }, t("cancel")), submit),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const files = [...(input.files ?? [])];
      if (files.length === 0) return input.focus();
      submit.disabled = true;
      const come = await sendPhotos(id, files, stage.value() as Stage, (n) => (told.textContent = w("card.photos_some", { come: n, told: files.length })));
      if (come === files.length) return close(true);
      submit.disabled = false;
      tell(w("intake.sent_photos", { come, told: files.length }), "error");
    });
    const dialog = h("dialog", { "aria-label": w("card.photo_add") }, form);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(false);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Give an input for photos. */
export function fileInput(): HTMLInputElement {
  return h("input", { type: "file", accept: "image/*", multiple: true, "aria-label": w("card.photos") });
}

const ids = new WeakMap<File, string>();

/** Send photos one after the other, each under an id of its own that a second try keeps; gives how many came. */
export async function sendPhotos(issueId: string, files: readonly File[], stage: Stage, sent: (n: number) => void = () => undefined): Promise<number> {
  let come = 0;
  for (const file of files) {
    const id = ids.get(file) ?? freshId();
    ids.set(file, id);
    try {
      await ask(`${issuePath(issueId, `photos/${id}`)}${query({ stage, name: file.name })}`, { method: "PUT", body: file });
      come += 1;
      sent(come);
    } catch (error) {
      tellError(error);
    }
  }
  return come;
}
