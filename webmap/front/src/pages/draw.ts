// The redrawing page: plan and problems at the left, the map with its tools in the middle, the card of what is chosen right.
import { ask } from "../api";
import { drawAddress, Opened } from "../draw/opened";
import { DrawCanvas } from "../draw/canvas";
import { Coverage } from "../draw/geometry";
import { LiveBar } from "../draw/livebar";
import { offerIn } from "../draw/offer";
import { type Panels, mountPanels } from "../draw/panel/index";
import type { ToolName } from "../draw/session";
import { Stage } from "../draw/stage";
import { Tints } from "../draw/tints";
import type { Tool } from "../draw/tool";
import { fillToolbar, levelSwitch, listenKeys, snapSwitch } from "../draw/toolbar";
import { BorderTool } from "../draw/tools/border";
import { DrawTool } from "../draw/tools/draw";
import { LockTool } from "../draw/tools/lock";
import { MergeTool } from "../draw/tools/merge";
import { PaintTool } from "../draw/tools/paint";
import { SelectTool } from "../draw/tools/select";
import { SplitTool } from "../draw/tools/split";
import { VertexTool } from "../draw/tools/vertex";
import { t } from "../i18n/drawstage";
import { boxAround } from "../map/bounds";
import { canDraw, sayCannotDraw } from "../map/create";
import { flyToPlace } from "../map/fly";
import { foot, syntheticBadge } from "../map/foot";
import { legend } from "../map/legend";
import { readHash, writeHash } from "../map/permalink";
import { toolButton } from "../map/tools";
import { freshId } from "../ids";
import { fetchMapInfo } from "../mapinfo";
import { startShell } from "../shell";
import { fill, h, need } from "../ui/dom";
import { icon } from "../ui/icons";
import { tell, tellError } from "../ui/toast";
import type { Box, MapInfo } from "../wire";

const narrow = window.matchMedia("(max-width: 760px)");

function start(info: MapInfo): void {
  need("#place-name").textContent = info.county.name;
  if (info.synthetic) need("#badges").append(syntheticBadge());
  const session = new Opened(info, {
    ask,
    tell,
    offer: offerIn(need("#draw-offer")),
    id: freshId,
    wait: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
  });
  const opening = readHash(location.hash);
  if (canDraw()) buildStage(info, session);
  else sayCannotDraw(need("#map"));
  const panels = mountPanels(session, need("#side"), need("#card"));
  keepSides(session, panels);
  void openAsked(session).then(() => {
    const chosen = opening?.chosen;
    if (chosen?.kind === "unit") session.select([chosen.id]);
    if (narrow.matches && !session.unitId) panels.open(true);
  });
}

function buildStage(info: MapInfo, session: Opened): void {
  const view = readHash(location.hash);
  const coverage = new Coverage();
  const tints = new Tints(coverage);
  const canvas = new DrawCanvas(need("#map"), info, session, tints, view && { centre: [view.lon, view.lat], zoom: view.zoom });
  session.attach({ map: canvas.map, box: (box) => canvas.fit(box), place: (place) => flyToPlace(canvas.map, place, 17) });
  const live = new LiveBar(info);
  const hint = need("#draw-hint");
  const options = need("#tool-options");
  const stage = new Stage(session, canvas, coverage, tints, {
    live,
    hint: (words) => (hint.textContent = words),
    options: (tool) => fill(options, ...(tool.options?.() ?? [])),
  });
  need("#draw-live").append(live.element);
  need("#draw-options").prepend(levelSwitch(session), snapSwitch(stage));
  fillToolbar(need("#draw-tools"), session);
  fill(need("#map-foot"), foot(info, null));
  need(".stage").append(legend(info, canvas.map, false));
  fill(need("#map-tools"), ...viewTools(canvas, session, info));
  const tools = makeTools(stage);
  const takeTool = () => {
    stage.take(tools[session.tool]);
    canvas.setPainting(session.tool === "paint");
    need(".draw-page").dataset["tool"] = session.tool;
  };
  session.on("tool", takeTool);
  takeTool();
  listenKeys(session, stage);
  keepAddress(session, canvas, view !== null);
}

function makeTools(stage: Stage): Record<ToolName, Tool> {
  return {
    select: new SelectTool(stage),
    vertex: new VertexTool(stage),
    border: new BorderTool(stage),
    split: new SplitTool(stage),
    merge: new MergeTool(stage),
    draw: new DrawTool(stage),
    paint: new PaintTool(stage),
    lock: new LockTool(stage),
  };
}

function viewTools(canvas: DrawCanvas, session: Opened, info: MapInfo): HTMLElement[] {
  const whole = () => {
    const box = shownBox(session) ?? info.scope_bbox ?? info.county.bbox;
    if (box) canvas.fit(box);
  };
  const group = h(
    "div",
    { class: "tool-group" },
    toolButton("plus", t("tool.nearer"), () => void canvas.map.zoomIn()),
    toolButton("minus", t("tool.farther"), () => void canvas.map.zoomOut()),
    toolButton("extent", t("draw.whole"), whole),
  );
  return info.base_layers.length > 0 ? [group, baseChoice(canvas, info)] : [group];
}

function baseChoice(canvas: DrawCanvas, info: MapInfo): HTMLElement {
  const choice = h(
    "select",
    { class: "base-choice", "aria-label": t("tool.base"), title: t("tool.base") },
    h("option", { value: "" }, t("tool.base_none")),
    ...info.base_layers.map(({ id, name }) => h("option", { value: id }, name)),
  );
  choice.addEventListener("change", () => {
    const wanted = info.base_layers.find(({ id }) => id === choice.value) ?? null;
    canvas.chooseBase(wanted).then((base) => fill(need("#map-foot"), foot(info, base)), tellError);
  });
  return choice;
}

function shownBox({ content, plan }: Opened): Box | null {
  const village = content.village();
  return village?.geometry ? boxAround(village.geometry.coordinates.flatMap((part) => part[0] ?? [])) : (plan.bbox ?? null);
}

// The same view by permalink: the village or the plan in the query, the view and what is chosen after the hash.
function keepAddress(session: Opened, canvas: DrawCanvas, viewed: boolean): void {
  let shown = "";
  const write = () => {
    if (!session.unitId) return;
    const { lng, lat } = canvas.map.getCenter();
    const [id] = session.selected;
    const hash = writeHash({ zoom: canvas.map.getZoom(), lat, lon: lng, chosen: id ? { kind: "unit", id } : null });
    history.replaceState(null, "", drawAddress(session.unitId, session.plan.id || null) + hash);
  };
  canvas.map.on("moveend", write);
  session.on("selected", write);
  session.on("plan", () => {
    // Another village is shown whole; another plan of the same village keeps the view.
    const before = shown;
    shown = session.unitId ?? "";
    const box = shownBox(session);
    if (shown !== before && box && !(before === "" && viewed)) canvas.fit(box, 0);
    write();
  });
  window.addEventListener("hashchange", () => {
    const view = readHash(location.hash);
    if (view) canvas.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    if (view?.chosen?.kind === "unit") session.select([view.chosen.id]);
  });
}

async function openAsked(session: Opened): Promise<void> {
  const asked = new URLSearchParams(location.search);
  const [plan, unit] = [asked.get("plan"), asked.get("unit")];
  if (plan) await session.reload(plan);
  else if (unit) await session.openVillage(unit);
}

// On a phone the sides lie over the map; on a tablet the card waits while a tool is in hand.
function keepSides(session: Opened, panels: Panels): void {
  const page = need(".draw-page");
  const left = h("button", { type: "button", class: "button side-show", onclick: () => panels.open(true) }, icon("list"), t("draw.show_left"));
  const right = h("button", { type: "button", class: "button card-show", hidden: true, "aria-pressed": "false" }, icon("home"), t("draw.show_right"));
  const showCard = (on: boolean) => {
    page.classList.toggle("card-open", on);
    right.setAttribute("aria-pressed", String(on));
  };
  right.addEventListener("click", () => showCard(!page.classList.contains("card-open")));
  need("#draw-sides").append(left, right);
  session.on("selected", () => {
    right.hidden = session.selected.length === 0;
    if (session.selected.length > 0 && narrow.matches) panels.open(false);
  });
  session.on("tool", () => showCard(false));
  session.on("stack", () => session.stack.length > 0 && showCard(true));
  session.on("plan", () => narrow.matches && session.unitId && panels.open(false));
}

startShell();
fetchMapInfo().then(start, tellError);
