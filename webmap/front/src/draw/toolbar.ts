// The toolbar on the map's edge, its letters on the keyboard, the switch of levels and of snapping.
import { type Key, t } from "../i18n/drawstage";
import { fill, h } from "../ui/dom";
import { icon, type IconName } from "../ui/icons";
import type { DrawLevel, DrawSession, ToolName } from "./session";
import type { Stage } from "./stage";

interface ToolButton {
  name: ToolName;
  icon: IconName;
  letter: string;
}

const TOOLS: ToolButton[] = [
  { name: "select", icon: "pointer", letter: "V" },
  { name: "vertex", icon: "vertex", letter: "M" },
  { name: "split", icon: "cut", letter: "C" },
  { name: "merge", icon: "merge", letter: "G" },
  { name: "draw", icon: "area", letter: "D" },
  { name: "paint", icon: "brush", letter: "P" },
  { name: "lock", icon: "lock", letter: "L" },
];
const LEVELS: DrawLevel[] = ["lin", "zu", "pian"];

/** Fill the toolbar and keep it in step with the session. */
export function fillToolbar(place: HTMLElement, session: DrawSession): void {
  const tools = TOOLS.map((tool) => {
    const button = big(tool.icon, t(`draw.short_${tool.name}` as Key), `${t(`draw.tool_${tool.name}` as Key)}（${tool.letter}）`, tool.letter);
    button.dataset["tool"] = tool.name;
    button.addEventListener("click", () => session.setTool(tool.name));
    return { name: tool.name, button };
  });
  const undo = big("undo", t("draw.short_undo"), `${t("draw.undo")}（Ctrl+Z）`, "Control+Z");
  const redo = big("redo", t("draw.short_redo"), `${t("draw.redo")}（Ctrl+Y）`, "Control+Y");
  undo.addEventListener("click", () => void session.undo());
  redo.addEventListener("click", () => void session.redo());
  undo.dataset["tool"] = "undo";
  redo.dataset["tool"] = "redo";
  fill(place, h("div", { class: "tool-group" }, ...tools.map(({ button }) => button)), h("div", { class: "tool-group" }, undo, redo));
  const show = () => {
    const now = session.tool === "border" ? "vertex" : session.tool;
    for (const { name, button } of tools) {
      button.setAttribute("aria-pressed", String(name === now));
      button.disabled = name !== "select" && !session.mayEdit;
    }
    undo.disabled = session.plan.may?.undo !== true;
    redo.disabled = session.plan.may?.redo !== true;
  };
  session.on("tool", show);
  session.on("plan", show);
  show();
}

function big(name: IconName, words: string, title: string, keys: string): HTMLButtonElement {
  return h("button", { type: "button", class: "tool draw-tool", title, "aria-label": title, "aria-keyshortcuts": keys }, icon(name), h("span", {}, words));
}

/** Give the small switch 邻/组/片: the level that a click chooses. */
export function levelSwitch(session: DrawSession): HTMLElement {
  const { levels } = session.info;
  const place = h("div", { class: "segments level-switch", role: "group", "aria-label": t("draw.level") });
  const button = (level: DrawLevel) =>
    h("button", { type: "button", class: "segment", "data-level": level, "aria-pressed": String(session.level === level), onclick: () => session.setLevel(level) }, levels[level]);
  const show = () => fill(place, ...LEVELS.map(button));
  session.on("tool", show);
  show();
  return place;
}

/** Give the toggle of snapping. */
export function snapSwitch(stage: Stage): HTMLElement {
  const button = h("button", { type: "button", class: "segment snap-switch", title: t("draw.snap_long"), "aria-pressed": String(stage.snapping) }, icon("magnet"), t("draw.snap"));
  button.addEventListener("click", () => {
    stage.snapping = !stage.snapping;
    button.setAttribute("aria-pressed", String(stage.snapping));
  });
  return button;
}

// What lies over the map and has keys of its own.
const ELSEWHERE = "dialog[open], .swipe, .pick-cover";

/** Answer the keyboard: letters take tools, Esc gives up, Enter finishes, Delete takes out, Ctrl+Z and Ctrl+Y. */
export function listenKeys(session: DrawSession, stage: Stage): void {
  document.addEventListener("keydown", (event) => {
    if (typing(event) || event.defaultPrevented || event.altKey || document.querySelector(ELSEWHERE)) return;
    const done = event.ctrlKey || event.metaKey ? onCtrl(event, session) : onPlain(event, session, stage);
    if (done) event.preventDefault();
  });
}

function typing({ target }: KeyboardEvent): boolean {
  const element = target as HTMLElement | null;
  return element?.closest?.("input:not([type=range]), textarea, select, [contenteditable], dialog") != null;
}

function onCtrl({ key, shiftKey }: KeyboardEvent, session: DrawSession): boolean {
  const letter = key.toLowerCase();
  if (letter !== "z" && letter !== "y") return false;
  const back = letter === "z" && !shiftKey;
  const { undo, redo } = session.plan.may ?? {};
  if (back ? undo : redo) void (back ? session.undo() : session.redo());
  return true;
}

function onPlain(event: KeyboardEvent, session: DrawSession, stage: Stage): boolean {
  const { key } = event;
  const onButton = (event.target as HTMLElement | null)?.closest?.("button, a, summary, [role=treeitem], [role=tab]") != null;
  if (key === "Escape") {
    if (!stage.letGo() && session.tool !== "select") session.setTool("select");
    return true;
  }
  if (onButton && key === "Enter") return false;
  if (key === "Enter") stage.finish();
  else if (key === "Delete" || key === "Backspace") stage.remove();
  else {
    const tool = TOOLS.find(({ letter }) => letter === key.toUpperCase());
    if (!tool) return false;
    session.setTool(tool.name);
  }
  return true;
}
