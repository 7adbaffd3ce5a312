// A report in the making: kept on the phone from the first moment, sealed, so that nothing is lost when the phone is put away.
import { freshId } from "../ids";
import type { Place } from "../wire";
import { itemOf, type App } from "./app";
import { where, type Fix } from "./locate";
import { moved, type Item } from "./outbox";
import { placeIn, scaled } from "./picture";

/** What of a report is known so far; `places` keeps each position with where it comes from. */
export interface Draft {
  category_id: string;
  text: string;
  lon: number | null;
  lat: number | null;
  accuracy_m: number | null;
  place_source: "phone" | "photo" | "pin" | "unit" | "";
  place_text: string;
  places: Record<string, { lon: number; lat: number; accuracy_m?: number; at?: string }>;
  device_at: string;
}

const EMPTY: Draft = { category_id: "", text: "", lon: null, lat: null, accuracy_m: null, place_source: "", place_text: "", places: {}, device_at: "" };

/** Begin a report, with a first shot or without; its draft is kept before anything else is done. */
export async function begin(app: App, shot: File | null): Promise<void> {
  const id = freshId();
  const made_at = new Date().toISOString();
  const draft: Draft = { ...EMPTY, device_at: made_at };
  const photo = shot ? photoOf(id, shot) : null;
  const bytes = photo && shot ? new Map([[photo.id, await shot.arrayBuffer()]]) : undefined;
  const report = { id, kind: "report", state: "draft", body: draft as unknown as Record<string, unknown>, title: "" } as const;
  performance.mark("field:shutter");
  if (!(await app.keep([report, ...(photo ? [photo] : [])], bytes))) return;
  performance.mark("field:saved");
  location.hash = `#report/${id}`;
  if (photo && shot) void afterShot(app, id, photo.id, shot);
}

/** Add a photo or a voice note to a report. */
export async function addFile(app: App, report: string, file: Blob, stage: "before" | "after" | "voice", state: Item["state"] = "draft", seconds = 0): Promise<void> {
  const made = photoOf(report, file, stage);
  const photo = { ...made, state, body: { ...made.body, ...(seconds > 0 ? { seconds } : {}) } };
  if (stage === "after") {
    const small = await scaled(file);
    await app.keep([photo], new Map([[photo.id, await small.arrayBuffer()]]));
    return;
  }
  if (!(await app.keep([photo], new Map([[photo.id, await file.arrayBuffer()]])))) return;
  if (stage === "before") await afterShot(app, report, photo.id, file);
}

function photoOf(issue: string, file: Blob, stage = "before"): { id: string; kind: "photo"; state: Item["state"]; issue: string; body: Record<string, unknown>; title: string } {
  const name = file instanceof File ? file.name : "";
  return { id: freshId(), kind: "photo", state: "draft", issue, body: { stage, name, type: file.type }, title: name };
}

// The shot is safe already: now its place is read and it is made small.
async function afterShot(app: App, report: string, id: string, shot: Blob): Promise<void> {
  const place = placeIn(await shot.slice(0, 256 * 1024).arrayBuffer());
  const small = await scaled(shot);
  await app.store?.keepBytes(id, await small.arrayBuffer());
  if (place) await note(app, report, "photo", { place, accuracy_m: 0, at: "" });
  await app.refresh();
}

// What is being written on this page, newest first of all: what is read back from the store may be a moment older.
const written = new Map<string, Draft>();

/** Give the draft of a report; null where it is not there any more. */
export function draftOf(app: App, id: string): { item: Item; draft: Draft } | null {
  const item = app.items.find((one) => one.id === id && one.state === "draft");
  return item ? { item, draft: written.get(id) ?? { ...EMPTY, ...(item.body as Partial<Draft>) } } : null;
}

/** Change something in a draft and keep it. */
export async function change(app: App, id: string, values: Partial<Draft>): Promise<void> {
  const found = draftOf(app, id);
  if (!found) return;
  const draft = { ...found.draft, ...values };
  written.set(id, draft);
  await app.store?.rewrite({ ...found.item, body: draft as unknown as Record<string, unknown> });
}

/** Take the phone's position for a report, if it has none of a person's own choice yet. */
export async function locate(app: App, id: string): Promise<Fix | null> {
  const fix = await where();
  if (fix) await note(app, id, "phone", fix);
  return fix;
}

/** Keep a position with its source. The pin wins over the phone, the phone over the picture, the picture over a unit. */
export async function note(app: App, id: string, source: "phone" | "photo" | "pin" | "unit", { place: [lon, lat], accuracy_m, at }: Fix): Promise<void> {
  const found = draftOf(app, id);
  if (!found) return;
  const places = { ...found.draft.places, [source]: { lon, lat, ...(accuracy_m > 0 ? { accuracy_m } : {}), ...(at ? { at } : {}) } };
  const order = ["pin", "phone", "photo", "unit"];
  const wins = order.indexOf(source) <= order.indexOf(found.draft.place_source || "unit") || source === "unit";
  const chosen: Partial<Draft> = wins ? { lon, lat, accuracy_m: accuracy_m > 0 ? accuracy_m : null, place_source: source } : {};
  await change(app, id, { places, ...chosen });
}

/** Set the place by a person's hand. */
export async function pin(app: App, id: string, place: Place): Promise<void> {
  await note(app, id, "pin", { place, accuracy_m: 0, at: new Date().toISOString() });
}

/** Give the body as the server takes it. */
export function bodyOf(draft: Draft, photos: number): Record<string, unknown> {
  const { category_id, text, lon, lat, accuracy_m, place_source, place_text, places, device_at } = draft;
  return {
    category_id, text: text.trim(), lon, lat, ...(accuracy_m ? { accuracy_m } : {}), place_source, ...(place_text ? { place_text } : {}), places,
    source: "app", device_at, ...(photos > 0 ? { photos } : {}),
  };
}

/** Hand a draft over to be sent, with its photos. */
export async function send(app: App, id: string, title: string): Promise<boolean> {
  const found = draftOf(app, id);
  if (!found || !app.store) return false;
  const files = app.items.filter((one) => one.kind === "photo" && one.issue === id && one.state === "draft");
  const photos = files.filter(({ body }) => body["stage"] !== "voice").length;
  const report = moved({ ...found.item, title, body: bodyOf(found.draft, photos) }, "queued");
  // The photos first: they wait for the report by themselves, and so none is forgotten when the phone dies in between.
  for (const file of files) await app.store.move(moved(file, "queued"), "draft");
  const done = await app.move(found.item, report);
  if (done) written.delete(id);
  return done;
}

/** Make a refused report a draft again, to be changed; under a new id, for the old one may be taken. */
export async function reopen(app: App, item: Item): Promise<string> {
  const id = freshId();
  const body = { ...EMPTY, ...(item.body as Partial<Draft>) };
  await app.keep([{ ...itemOf({ id, kind: "report", state: "draft", body: body as unknown as Record<string, unknown>, title: item.title }) }]);
  for (const photo of app.items.filter((one) => one.kind === "photo" && one.issue === item.id && one.state !== "sent")) await app.store?.put({ ...photo, issue: id, state: "draft", error: null });
  await app.store?.drop(item.id);
  await app.refresh();
  return id;
}
