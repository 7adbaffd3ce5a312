// The photos of an issue: before and after side by side, how many have come, one in full, more to be added.
import { ask, query, sentence } from "../api";
import { t } from "../i18n/index";
import { sayW, w } from "../i18n/issues";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { icon } from "../ui/icons";
import { tell, tellError } from "../ui/toast";
import { radios } from "./controls";
import { freshId } from "./ids";
import { issuePath, type Photo, photoPath, type Short } from "./wire";

type Stage = Photo["stage"];

/** Pair photos taken before and after, the first with the first; what has no partner stands alone. */
export function pairs(photos: readonly Photo[]): { pairs: [Photo | null, Photo | null][]; others: Photo[] } {
  const of = (...stages: Stage[]) => photos.filter(({ stage }) => stages.includes(stage));
  const [before, after] = [of("before"), of("after")];
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, at): [Photo | null, Photo | null] => [before[at] ?? null, after[at] ?? null]);
  return { pairs: rows, others: of("", "check") };
}

/** Give the section; it fills once the server has answered. */
export function photosSection(issue: Pick<Short, "id" | "photos_told" | "state">, mayAdd: boolean): HTMLElement {
  const body = h("div", { class: "photos" }, h("p", { class: "muted small" }, t("loading")));
  const count = h("span", { class: "muted small" });
  const told = issue.photos_told;
  const load = async () => {
    const { items } = await ask<{ items: Photo[] }>(issuePath(issue.id, "photos"));
    const come = items.filter(({ state }) => state !== "refused").length;
    count.textContent = told > come ? w("card.photos_some", { come, told }) : "";
    fill(body, ...gallery(items));
  };
  void load().catch((error) => fill(body, h("p", { class: "muted small" }, sentence(error))));
  const heading = h("div", { class: "row spread" }, h("h3", {}, w("card.photos"), " ", count), mayAdd ? adder(issue, () => void load().catch(tellError)) : null);
  return h("section", { class: "card-photos" }, heading, body);
}

function gallery(photos: readonly Photo[]): HTMLElement[] {
  if (photos.length === 0) return [h("p", { class: "muted" }, w("card.no_photos"))];
  const { pairs: rows, others } = pairs(photos);
  const show = (photo: Photo) => void viewer(photos, photo);
  const cell = (photo: Photo | null, stage: Stage) => (photo ? thumb(photo, show) : h("p", { class: "photo-none muted small" }, `${stageWord(stage)} —`));
  return [
    ...rows.map(([before, after]) => h("div", { class: "photo-pair" }, cell(before, "before"), cell(after, "after"))),
    others.length > 0 ? h("div", { class: "photo-row" }, ...others.map((photo) => thumb(photo, show))) : null,
  ].filter((one): one is HTMLDivElement => one !== null);
}

function stageWord(stage: Stage): string {
  return w(stage ? `card.photo_${stage}` : "card.photo_other");
}

function thumb(photo: Photo, show: (photo: Photo) => void): HTMLElement {
  const { id, stage, state } = photo;
  const words = w("card.photo_of", { stage: stageWord(stage), by: photo.by, at: moment(photo.at) });
  if (state === "waiting") return h("figure", { class: "photo" }, h("p", { class: "photo-none muted small" }, w("card.photo_waiting")), h("figcaption", {}, stageWord(stage)));
  if (state === "refused") return h("figure", { class: "photo" }, h("p", { class: "photo-none muted small" }, w("card.photo_refused", { why: sayW("photowhy", photo.why ?? "") })));
  const image = h("img", { src: photoPath(id, "thumb"), alt: words, loading: "lazy" });
  return h("figure", { class: "photo" }, h("button", { type: "button", onclick: () => show(photo) }, image), h("figcaption", {}, stageWord(stage)));
}

// One photo in full, the others by the arrow keys.
function viewer(photos: readonly Photo[], first: Photo): void {
  const ready = photos.filter(({ state }) => state !== "waiting" && state !== "refused");
  let at = ready.indexOf(first);
  const image = h("img", { alt: "" });
  const words = h("p", { role: "status" });
  const show = (step: number) => {
    at = (at + step + ready.length) % ready.length;
    const photo = ready[at];
    if (!photo) return;
    image.src = photoPath(photo.id, "full");
    image.alt = words.textContent = w("card.photo_of", { stage: stageWord(photo.stage), by: photo.by, at: moment(photo.at) });
  };
  const arrow = (step: number, label: string) => h("button", { type: "button", class: `button photo-step ${step < 0 ? "back" : ""}`, "aria-label": label, hidden: ready.length < 2, onclick: () => show(step) }, icon("chevron"));
  const close = h("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, t("close"));
  const dialog = h("dialog", { class: "photo-viewer", "aria-label": w("card.photos") }, image, words, h("div", { class: "dialog-actions" }, arrow(-1, t("problems.previous")), arrow(1, t("problems.next")), close));
  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight") show(1);
    if (key === "ArrowLeft") show(-1);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  show(0);
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
