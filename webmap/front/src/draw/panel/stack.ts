// Flats: a building with its entrances and floors, the top floor first, each in the colour of its 邻; floors or single
// rooms are ticked and sent to another 邻.
import { d } from "../../i18n/drawpanel";
import { t } from "../../i18n/index";
import { roomWords } from "../../panel/homes";
import { fill, h } from "../../ui/dom";
import { whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { fullName, shortAddress } from "./names";
import { ringHomes, type Session } from "./stage";
import { type Building, buildings, type Floor } from "./stackgroups";
import { actTelling } from "./undotoast";
import type { DrawHome, DrawUnit } from "../../wire";

const SHADES = 8;

/** Show the buildings of a unit (or those that hold `homeIds`) in `place`. */
export function showStack(place: HTMLElement, session: Session, unit: DrawUnit, homeIds: readonly string[] | undefined, left: () => void): void {
  const ticked = new Set([...place.querySelectorAll<HTMLInputElement>("input[data-home]:checked")].map(({ value }) => value));
  const open = new Set([...place.querySelectorAll<HTMLDetailsElement>("details[open]")].map(({ dataset }) => dataset["key"] ?? ""));
  const found = wanted(session, unit, homeIds);
  const shades = shadesOf(session, found);
  const back = () => {
    ringHomes(session, []);
    left();
  };
  const foot = h("footer", { class: "stack-foot" });
  const body = h("div", { class: "stack-body" }, ...found.map((one, index) => buildingView(session, one, shades, open.size > 0 ? open : new Set([found.length === 1 || index === 0 ? one.key : ""]))));
  body.querySelectorAll<HTMLInputElement>("input[data-home]").forEach((box) => (box.checked = ticked.has(box.value)));
  const told = () => tellTicked(session, { place, body, foot }, unit);
  body.addEventListener("change", (event) => {
    spread(event.target as HTMLElement, body);
    told();
  });
  spread(null, body);
  told();
  fill(
    place,
    h(
      "article",
      { class: "card stack-card" },
      h("button", { type: "button", class: "link back-link", onclick: back }, icon("chevron"), d("back_to", { name: unit.name || unit.code })),
      h("header", {}, h("h2", { tabindex: -1 }, d("stack.title")), h("p", { class: "muted" }, d("stack.lead"))),
      legend(session, shades),
      body,
      foot,
    ),
  );
}

// Whole buildings, also the floors that are in another 邻 already: a floor is moved by seeing where its neighbours are.
function wanted(session: Session, unit: DrawUnit, homeIds: readonly string[] | undefined): Building[] {
  const meant = new Set(homeIds ?? session.content.homesOf(unit.id).map(({ id }) => id));
  return buildings(session.homes.values()).filter(({ homes }) => homes.some(({ id }) => meant.has(id)));
}

function shadesOf(session: Session, found: Building[]): Map<string, number> {
  const ids = new Set(found.flatMap(({ homes }) => homes.map(({ unit_id }) => unit_id ?? "")));
  const code = (id: string) => session.units.get(id)?.code ?? "";
  return new Map([...ids].sort((one, two) => code(one).localeCompare(code(two))).map((id, index) => [id, index % SHADES]));
}

function linName(session: Session, id: string): string {
  return session.units.has(id) ? fullName(session, session.units.get(id)) : d("stack.no_lin");
}

function legend(session: Session, shades: Map<string, number>): HTMLElement {
  return h(
    "ul",
    { class: "shade-list", "aria-label": d("stack.legend") },
    ...[...shades].map(([id, shade]) => h("li", {}, h("i", { class: `shade shade-${shade}`, "aria-hidden": "true" }, shade + 1), linName(session, id), " ", h("span", { class: "muted" }, t("n_homes", { n: whole(session.units.get(id)?.homes ?? 0) })))),
  );
}

function buildingView(session: Session, { key, building, address, homes, entrances }: Building, shades: Map<string, number>, open: Set<string>): HTMLElement {
  const title = building || shortAddress(session, address) || d("stack.one_place");
  return h(
    "details",
    { class: "building", "data-key": key, open: open.has(key) },
    h("summary", {}, h("strong", {}, title), " ", h("span", { class: "muted" }, t("n_homes", { n: whole(homes.length) }))),
    ...entrances.map(({ entrance, floors }) =>
      h("div", { class: "entrance" }, entrance ? h("h3", {}, roomWords({ ...blank, entrance })) : null, h("ul", {}, ...floors.map((floor) => floorRow(session, floor, shades)))),
    ),
  );
}

const blank = { id: "", code: "", address: "", building: "", entrance: "", floor: "", room: "", priority: false, lon: 0, lat: 0 };

function floorRow(session: Session, { floor, homes }: Floor, shades: Map<string, number>): HTMLElement {
  const words = floor ? roomWords({ ...blank, floor }) : d("stack.no_floor");
  return h(
    "li",
    { class: "floor" },
    h("label", { class: "floor-name" }, h("input", { type: "checkbox", "data-floor": true, "aria-label": d("stack.whole_floor", { floor: words, n: homes.length }) }), h("span", {}, words)),
    h("div", { class: "rooms" }, ...homes.map((home) => roomBox(session, home, shades))),
  );
}

function roomBox(session: Session, home: DrawHome, shades: Map<string, number>): HTMLElement {
  const shade = shades.get(home.unit_id ?? "") ?? 0;
  const words = home.room ? roomWords({ ...blank, room: home.room }) : home.code;
  return h(
    "label",
    { class: "room", title: `${words} · ${linName(session, home.unit_id ?? "")}` },
    h("input", { type: "checkbox", "data-home": true, value: home.id }),
    h("span", { class: `shade shade-${shade}` }, home.room || home.code.slice(-3), h("small", { "aria-hidden": "true" }, shade + 1), h("span", { class: "reader" }, linName(session, home.unit_id ?? ""))),
  );
}

// A floor's box ticks all its rooms, and shows whether all, some or none of them are.
function spread(aim: HTMLElement | null, body: HTMLElement): void {
  if (aim instanceof HTMLInputElement && aim.dataset["floor"] !== undefined) {
    aim.closest(".floor")?.querySelectorAll<HTMLInputElement>("input[data-home]").forEach((box) => (box.checked = aim.checked));
  }
  body.querySelectorAll<HTMLElement>(".floor").forEach((row) => {
    const rooms = [...row.querySelectorAll<HTMLInputElement>("input[data-home]")];
    const on = rooms.filter(({ checked }) => checked).length;
    const box = row.querySelector<HTMLInputElement>("input[data-floor]");
    if (!box) return;
    box.checked = on === rooms.length;
    box.indeterminate = on > 0 && on < rooms.length;
  });
}

// The panel has been drawn anew by the edit: what is ticked is looked for in its place, not in what stood there before.
function untick(place: HTMLElement): void {
  place.querySelectorAll<HTMLInputElement>("input:checked").forEach((box) => (box.checked = false));
  place.querySelector(".stack-body")?.dispatchEvent(new Event("change"));
}

interface Parts {
  place: HTMLElement;
  body: HTMLElement;
  foot: HTMLElement;
}

function tellTicked(session: Session, { place, body, foot }: Parts, unit: DrawUnit): void {
  const ids = [...body.querySelectorAll<HTMLInputElement>("input[data-home]:checked")].map(({ value }) => value);
  ringHomes(session, ids);
  if (!session.mayEdit) return;
  if (ids.length === 0) return fill(foot, h("p", { class: "muted small" }, d("stack.tick")));
  const from = new Set(ids.map((id) => session.homes.get(id)?.unit_id ?? ""));
  const choice = h("select", { "aria-label": d("stack.to") }, ...targets(session, unit, from));
  const move = h("button", { type: "button", class: "button primary" }, d("stack.move", { n: whole(ids.length) }));
  move.addEventListener("click", async () => {
    move.disabled = true;
    // Flats of one building can lie in two 邻: the ground cannot always follow in one piece.
    const done = await actTelling(session, "paint", { moves: [{ unit_id: choice.value, home_ids: ids }], pieces: true });
    move.disabled = false;
    if (done) untick(place);
  });
  fill(foot, h("label", { class: "field" }, h("span", {}, d("stack.to")), choice), move);
}

// The 邻 of the same 组 first, then those of the rest of the village's, and a new one.
function targets(session: Session, unit: DrawUnit, from: Set<string>): HTMLElement[] {
  const lins = [...session.units.values()].filter(({ id, level }) => level === "lin" && !(from.size === 1 && from.has(id)));
  const zu = unit.level === "lin" ? unit.parent_id : unit.id;
  const option = (one: DrawUnit) => h("option", { value: one.id }, `${fullName(session, one)}（${t("n_homes", { n: whole(one.homes) })}）`);
  const sorted = lins.sort((one, two) => one.code.localeCompare(two.code));
  const same = sorted.filter(({ parent_id }) => parent_id === zu);
  const rest = sorted.filter(({ parent_id }) => parent_id !== zu);
  return [
    h("optgroup", { label: d("stack.same_zu") }, ...same.map(option), h("option", { value: "" }, d("stack.new_lin"))),
    ...(rest.length > 0 ? [h("optgroup", { label: d("stack.other_zu") }, ...rest.map(option))] : []),
  ];
}
