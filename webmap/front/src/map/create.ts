// Makes a map that stays on the county, speaks the reader's language, never tilts, and says so when it cannot draw.
import { type LngLatBoundsLike, Map as NetMap, ScaleControl, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import { t } from "../i18n/index";
import { meta } from "../pagedata";
import { THEME_CHANGED } from "../shell";
import { h } from "../ui/dom";
import type { Box } from "../wire";
import { lockBox } from "./bounds";
import type { Room } from "./fly";
import { addImages } from "./images";
import { palette, type Palette } from "./palette";

export type { NetMap };

export const FONTS = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
const MAX_ZOOM = 19.5;

export interface MapWish {
  container: HTMLElement;
  /** Gives the style in the colours of the theme that is on; called again when the theme changes. */
  style: (colours: Palette) => StyleSpecification;
  /** The county's box, which the view may not leave. */
  lock: Box | null;
  /** What the first view shows, unless `centre` and `zoom` are given. */
  show: Box | null;
  centre?: [number, number];
  zoom?: number;
  /** What to leave free around `show`, in pixels a side; 36 where not given. */
  room?: Room;
  /** Keeps the picture for printing, and draws it this many times sharper. */
  sharpness?: number;
}

/** Whether this browser can draw the map at all (MapLibre needs WebGL 2). */
export function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/** Say in the map's place that it cannot be drawn here, and what to do instead. */
export function sayCannotDraw(container: HTMLElement): void {
  container.replaceChildren(
    h("div", { class: "no-map", role: "alert" }, h("h2", {}, t("map.no_webgl")), h("p", {}, t("map.no_webgl_way"))),
  );
}

/** Make the map, with its scale bar; the caller has asked `canDraw` before. */
export function createMap(wish: MapWish): NetMap {
  setWorkerUrl(new URL(meta("worker-url"), location.href).href);
  const sharp = wish.sharpness;
  const map = new NetMap({
    container: wish.container,
    style: wish.style(palette()),
    ...startingView(wish),
    ...(wish.lock ? { maxBounds: lockBox(wish.lock) as LngLatBoundsLike } : {}),
    maxZoom: MAX_ZOOM,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    renderWorldCopies: false,
    localIdeographFontFamily: FONTS,
    fadeDuration: 120,
    locale: mapWords(),
    ...(sharp ? { canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true }, pixelRatio: sharp } : {}),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ unit: "metric", maxWidth: 110 }), "bottom-left");
  map.on("style.load", () => addImages(map, palette()));
  map.on("error", ({ error }) => tileFailed(error));
  followTheme(map, wish.style);
  return map;
}

function startingView({ show, centre, zoom, room }: MapWish): object {
  if (centre && zoom !== undefined) return { center: centre, zoom };
  if (!show) return { center: [105, 35], zoom: 3 };
  return { bounds: show as LngLatBoundsLike, fitBoundsOptions: { padding: room ?? 36 } };
}

function followTheme(map: NetMap, style: MapWish["style"]): void {
  document.addEventListener(THEME_CHANGED, () => map.setStyle(style(palette()), { diff: false }));
}

// A tile may fail (a broken connection, a session that lapsed) without the map being wrong; only a lapsed session matters.
function tileFailed(error: { status?: number } | object): void {
  if ("status" in error && error.status === 401) location.reload();
}

function mapWords(): Record<string, string> {
  return {
    "Map.Title": t("map.title"),
    "ScaleControl.Meters": t("unit.m"),
    "ScaleControl.Kilometers": t("unit.km"),
    "CooperativeGesturesHandler.MobileHelpText": t("map.two_fingers"),
  };
}
