// What the board hands on: places that are in no file, and the county's own template of the brief.
import { ask } from "../api";
import { g } from "../i18n/settings";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { tell, telling } from "../ui/toast";
import { polygonsIn } from "./exceptions";

interface Places {
  features: { properties: { name: string } }[];
}

const SENSITIVE = "/api/board/sensitive";
const TEMPLATE = "/api/board/template";

/** Give the section. */
export function boardSection(): HTMLElement {
  const list = h("ul", { class: "plain-list", id: "sensitive" });
  const show = ({ features }: Places) =>
    fill(list, ...(features.length ? features.map(({ properties: { name } }, at) => h("li", {}, name || g("sensitive.nameless", { n: at + 1 }))) : [h("li", { class: "muted" }, g("sensitive.none"))]));
  const put = (features: unknown[]) => telling(async () => (show(await ask<Places>(SENSITIVE, { method: "PUT", body: { type: "FeatureCollection", features } })), tell(g("sensitive.done"))));
  const clear = async () => {
    if ((await question({ title: g("sensitive.clear"), text: g("sensitive.clear_text"), confirm: g("sensitive.clear"), danger: true })) !== null) await put([]);
  };
  const places = picker(g("sensitive.choose"), ".geojson,.json,application/geo+json", async (file) => {
    const read = await telling(async () => featuresOf(await file.text(), file.name));
    if (read) await put(read);
  });
  const template = picker(g("template.choose"), ".docx", async (file) => {
    if (await telling(async () => (await ask(TEMPLATE, { method: "PUT", body: file }), true))) tell(g("template.done"));
  });
  void telling(async () => show(await ask<Places>(SENSITIVE)));
  return h(
    "section",
    { id: "board-settings" },
    h("h2", {}, g("sensitive.title")),
    h("p", { class: "muted" }, g("sensitive.text")),
    list,
    h("div", { class: "row" }, places, h("button", { type: "button", class: "button", onclick: () => void clear() }, g("sensitive.clear"))),
    h("p", { class: "muted" }, g("template.text")),
    h("div", { class: "row" }, h("a", { class: "button", href: TEMPLATE, download: "" }, g("template.get")), template),
  );
}

/** A button that asks for a file; the same file may be chosen twice in a row. */
function picker(words: string, accept: string, chosen: (file: File) => Promise<void>): HTMLElement {
  const input = h("input", { type: "file", accept, hidden: true, "aria-label": words });
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) await chosen(file);
    input.value = "";
  });
  return h("span", {}, h("button", { type: "button", class: "button", onclick: () => input.click() }, words), input);
}

/** Give the features of a GeoJSON file that are polygons, with their names; throws a sentence where there are none. */
export function featuresOf(text: string, name: string): unknown[] {
  let read: unknown = null;
  try {
    read = JSON.parse(text);
  } catch {
    // What is no JSON has no polygons either.
  }
  const given = (read as { features?: unknown } | null)?.features;
  const rows: unknown[] = Array.isArray(given) ? given : [{ type: "Feature", properties: {}, geometry: read }];
  const features = rows.flatMap((row) => {
    const coordinates = polygonsIn(row);
    const said = (row as { properties?: { name?: unknown } }).properties?.name;
    return coordinates.length ? [{ type: "Feature", properties: { name: typeof said === "string" ? said : "" }, geometry: { type: "MultiPolygon", coordinates } }] : [];
  });
  if (features.length === 0) throw new Error(g("exceptions.bad_file", { name }));
  return features;
}
