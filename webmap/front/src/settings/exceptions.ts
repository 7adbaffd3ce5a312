// Ground on which an office answers whoever lives there: a unit, so many metres along a river or road, or a drawn area.
import { ask, query } from "../api";
import { freshId } from "../ids";
import { t } from "../i18n/index";
import { g } from "../i18n/settings";
import { question } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { telling } from "../ui/toast";
import type { Exception, Items, Named } from "./wire";

const PATH = "/api/route-exceptions";
const WIDE_M = 30;
const WAYS = ["unit", "along", "area"] as const;

interface Exceptions extends Items<Exception> {
  lines: string[];
}

/** Give the section. */
export function exceptionsSection(): HTMLElement {
  const list = h("ul", { class: "plain-list", id: "exceptions" });
  let lines: string[] = [];
  const load = async () => {
    const found = await ask<Exceptions>(PATH);
    lines = found.lines;
    fill(list, ...(found.items.length ? found.items.map(row) : [h("li", { class: "muted" }, g("exceptions.none"))]));
  };
  const remove = async ({ id, name, office }: Exception) => {
    const sure = { title: g("exceptions.remove_title", { name }), text: g("exceptions.remove_text", { office: office.name }), confirm: g("exceptions.remove"), danger: true };
    if ((await question(sure)) === null) return;
    await telling(async () => (await ask(`${PATH}/${encodeURIComponent(id)}`, { method: "DELETE" }), await load()));
  };
  const row = (one: Exception) => {
    const about = [one.office.name, one.codes.length ? one.codes.join("、") : g("exceptions.every_category")].join(" · ");
    const button = h("button", { type: "button", class: "link", "aria-label": `${g("exceptions.remove")} ${one.name}`, onclick: () => void remove(one) }, g("exceptions.remove"));
    return h("li", { class: "row" }, h("span", {}, one.name, " ", h("span", { class: "muted small" }, about)), button);
  };
  const make = async () => {
    if (await exceptionForm(lines)) await telling(load);
  };
  void telling(load);
  const add = h("button", { type: "button", class: "button", onclick: () => void make() }, g("exceptions.add"));
  return h("section", {}, h("h2", {}, g("exceptions.title")), h("p", { class: "muted" }, g("exceptions.text")), list, add);
}

async function exceptionForm(lines: string[]): Promise<Exception | null> {
  const offices = (await telling(async () => (await ask<Items<Named>>("/api/offices")).items)) ?? [];
  const id = freshId();
  const name = h("input", { required: true, maxlength: 80 });
  const office = h("select", {}, ...offices.map((one) => h("option", { value: one.id }, one.name)));
  const codes = h("input", { spellcheck: "false", autocomplete: "off", maxlength: 1000 });
  const ground = groundFields(lines);
  const send = async () => {
    if (!office.value) throw new Error(g("exceptions.no_office"));
    const listed = codes.value.split(/[\s,，、;；]+/).filter(Boolean);
    const body = { name: name.value.trim(), office_id: office.value, codes: listed, ...(await ground.value()) };
    return ask<Exception>(`${PATH}/${id}`, { method: "PUT", body });
  };
  const fields = [
    field(g("exceptions.name"), name, g("exceptions.name_hint")),
    field(g("exceptions.office"), office, offices.length ? undefined : g("exceptions.no_office")),
    field(g("exceptions.codes"), codes, g("exceptions.codes_hint")),
    ground.element,
  ];
  return formDialog(g("exceptions.new"), fields, send, t("save"));
}

/** Three ways to say where: each shows its own fields, and gives what the server is told. */
function groundFields(lines: string[]): { element: HTMLElement; value: () => Promise<Record<string, unknown>> } {
  const way = h("select", {}, ...WAYS.filter((one) => one !== "along" || lines.length > 0).map((one) => h("option", { value: one }, g(`exceptions.way.${one}`))));
  const unit = h("input", { autocomplete: "off", maxlength: 100 });
  const along = h("select", {}, ...lines.map((line) => h("option", { value: line }, line)));
  const wide = h("input", { type: "number", min: 1, max: 500, step: 1, value: WIDE_M, inputmode: "numeric" });
  const file = h("input", { type: "file", accept: ".geojson,.json,application/geo+json" });
  const parts: Record<(typeof WAYS)[number], HTMLElement[]> = {
    unit: [field(g("exceptions.unit"), unit, g("exceptions.unit_hint"))],
    along: [field(g("exceptions.line"), along), field(g("exceptions.wide"), wide)],
    area: [field(g("exceptions.file"), file, g("exceptions.file_hint"))],
  };
  const body = h("div", { class: "stack" });
  const chosen = () => way.value as (typeof WAYS)[number];
  const show = () => fill(body, ...parts[chosen()]);
  way.addEventListener("change", show);
  show();
  const value = async (): Promise<Record<string, unknown>> => {
    if (chosen() === "unit") return { unit: await unitNamed(unit.value.trim()) };
    if (chosen() === "along") return { along: along.value, wide_m: wide.valueAsNumber };
    return { area: await areaOf(file.files?.[0]) };
  };
  return { element: h("div", { class: "stack" }, field(g("exceptions.where"), way), body), value };
}

/** Find the one unit that is meant by a name or a code; several of that name are told apart by their codes. */
async function unitNamed(wanted: string): Promise<string> {
  if (!wanted) throw new Error(g("exceptions.no_unit", { name: "" }));
  const { items } = await ask<Items<Named & { label: string; detail: string }>>(`/api/search${query({ q: wanted, kind: "unit", limit: 20 })}`);
  const exact = items.filter(({ label, detail }) => label === wanted || detail.endsWith(wanted));
  const [one, ...more] = exact.length ? exact : items;
  if (!one) throw new Error(g("exceptions.no_unit", { name: wanted }));
  if (more.length > 0) throw new Error(g("exceptions.which_unit", { names: [one, ...more].slice(0, 5).map(({ label, detail }) => `${label} ${detail.split(" · ").at(-1) ?? ""}`).join("、") }));
  return one.id;
}

/** Read the ground out of a GeoJSON file: a geometry, or the features' polygons together. */
async function areaOf(file: File | undefined): Promise<unknown> {
  if (!file) throw new Error(g("exceptions.no_file"));
  let read: unknown;
  try {
    read = JSON.parse(await file.text());
  } catch {
    throw new Error(g("exceptions.bad_file", { name: file.name }));
  }
  const polygons = polygonsIn(read);
  if (polygons.length === 0) throw new Error(g("exceptions.bad_file", { name: file.name }));
  return { type: "MultiPolygon", coordinates: polygons };
}

/** Give the coordinates of every polygon in a GeoJSON object. */
export function polygonsIn(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const { type, coordinates, geometry, features, geometries } = value as Record<string, unknown>;
  if (type === "Polygon") return [coordinates];
  if (type === "MultiPolygon" && Array.isArray(coordinates)) return coordinates;
  if (type === "Feature") return polygonsIn(geometry);
  const many = type === "FeatureCollection" ? features : type === "GeometryCollection" ? geometries : [];
  return Array.isArray(many) ? many.flatMap(polygonsIn) : [];
}
