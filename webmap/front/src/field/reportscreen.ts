// The report itself: the shot above, what it is as big buttons, where it is in words; then one button sends it.
import { f } from "../i18n/field";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tell } from "../ui/toast";
import type { App } from "./app";
import { categoryBox } from "./categorybox";
import { nearBox } from "./nearbox";
import type { Item } from "./outbox";
import { act, burden, head, later } from "./parts";
import { placeBox } from "./placebox";
import { addFile, change, draftOf, locate, send } from "./reporting";
import { canRecord, voiceButton } from "./voicenote";

const SAVE_AFTER_MS = 300;

/** Draw the report of a draft; null where there is no such draft. */
export function reportScreen(app: App, id: string): { element: HTMLElement; update: () => void } | null {
  const begun = draftOf(app, id);
  if (!begun) return null;
  const photos = h("div", { class: "shots" });
  const refresh = () => {
    showShots(app, id, photos);
    place.update();
    near.update();
  };
  const place = placeBox(app, id, refresh);
  const near = nearBox(app, id);
  const category = categoryBox(app, begun.draft.category_id, (chosen) => void change(app, id, { category_id: chosen }).then(() => near.update()));
  const text = h("textarea", { rows: 2, maxlength: 2000, "aria-label": f("report.text"), placeholder: f("report.text") });
  text.value = begun.draft.text;
  text.addEventListener("input", later(() => void change(app, id, { text: text.value }), SAVE_AFTER_MS));
  const sending = h("button", { type: "button", class: "button primary send-button" }, icon("send"), f("report.send"));
  sending.addEventListener("click", () => void finish(app, id, text.value, sending, category));
  const element = h(
    "section",
    { class: "field-screen report-screen" },
    head(f("report.title"), "#home", act(null, f("report.drop"), () => void drop(app, id), "quiet-button")),
    photos,
    category.element,
    place.element,
    near.element,
    h("div", { class: "say-more" }, text, canRecord() ? voiceButton((note, seconds) => void addFile(app, id, note, "voice", "draft", seconds).then(refresh)) : null),
    burden(app, "report"),
    h("div", { class: "send-bar" }, sending),
  );
  refresh();
  if (begun.draft.place_source === "" || begun.draft.place_source === "photo") {
    place.looking(true);
    void locate(app, id).then(() => {
      place.looking(false);
      refresh();
    });
  }
  return { element, update: refresh };
}

async function finish(app: App, id: string, text: string, button: HTMLButtonElement, category: { element: HTMLElement; name: () => string }): Promise<void> {
  await change(app, id, { text });
  const draft = draftOf(app, id)?.draft;
  if (!draft) return;
  if (!draft.category_id) {
    category.element.scrollIntoView({ block: "start" });
    return tell(f("report.category_first"), "error");
  }
  if (draft.lon === null) return tell(f("report.place_first"), "error");
  button.disabled = true;
  if (!(await send(app, id, category.name()))) {
    button.disabled = false;
    return;
  }
  performance.mark("field:queued");
  tell(f(app.reached && navigator.onLine ? "report.sent_now" : "report.sent"));
  location.hash = "#home";
}

async function drop(app: App, id: string): Promise<void> {
  const found = draftOf(app, id);
  if (found) await app.drop(found.item);
  tell(f("report.drop_done"));
  location.hash = "#home";
}

const pictures = new Map<string, string>();

// The pictures that are shown: the first as wide as the screen, more beside it, and the buttons that add one.
function showShots(app: App, id: string, box: HTMLElement): void {
  const files = app.items.filter((one) => one.kind === "photo" && one.issue === id);
  const shots = files.filter(({ body }) => body["stage"] !== "voice");
  const voices = files.filter(({ body }) => body["stage"] === "voice");
  const key = files.map((one) => one.id).join();
  if (box.dataset["key"] === key) return;
  box.dataset["key"] = key;
  box.replaceChildren(
    ...shots.map((one) => shot(app, one)),
    h("div", { class: "shot-acts" }, fileButton(shots.length > 0 ? f("report.photo_more") : f("report.photo"), true, app, id), fileButton(f("report.album"), false, app, id)),
    ...voices.map((one) => h("p", { class: "voice-note" }, icon("check"), f("report.voice_done", { s: Number(one.body["seconds"] ?? 0) }), remove(app, one))),
  );
}

function shot(app: App, item: Item): HTMLElement {
  const image = h("img", { alt: f("kind.photo"), class: "shot" });
  const known = pictures.get(item.id);
  if (known) image.src = known;
  else
    void app.store?.bytes(item.id).then((bytes) => {
      if (!bytes) return;
      const url = URL.createObjectURL(new Blob([bytes]));
      pictures.set(item.id, url);
      image.src = url;
    });
  return h("figure", { class: "shot-frame" }, image, remove(app, item));
}

function remove(app: App, item: Item): HTMLElement {
  const button = h("button", { type: "button", class: "button shot-remove", "aria-label": f("report.remove_photo") }, icon("close"));
  button.addEventListener("click", () => void app.drop(item));
  return button;
}

function fileButton(words: string, camera: boolean, app: App, id: string): HTMLElement {
  const input = h("input", { type: "file", accept: "image/*", ...(camera ? { capture: "environment" } : { multiple: true }), class: "reader", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", async () => {
    for (const file of input.files ?? []) await addFile(app, id, file, "before");
    input.value = "";
  });
  return h("span", {}, h("button", { type: "button", class: "button", onclick: () => input.click() }, words), input);
}
