// The slider of days below the map: it stops at the ends of months and at now, and plays.
import { ask } from "../api";
import { b } from "../i18n/board";
import { today } from "../map/asof";
import { h } from "../ui/dom";
import { day, whole } from "../ui/format";
import { tellError } from "../ui/toast";
import { type Asked, askPath } from "./wanted";
import type { Stop } from "./wire";

const PLAY_MS = 1100;

export interface Slider {
  element: HTMLElement;
  /** Ask anew for what was open at each stop. */
  show: (asked: Asked) => Promise<void>;
}

export interface SliderWish {
  /** Another day was chosen, "" for now. */
  moved: (at: string) => void;
  /** A day that will be shown soon. */
  soon: (at: string) => Promise<unknown>;
}

/** Give the slider. */
export function timeSlider(wish: SliderWish): Slider {
  let stops: Stop[] = [];
  let timer = 0;
  // The day that is shown: it may move on while the stops are still asked for.
  let chosen = "";
  const input = h("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": b("slider.label") });
  const told = h("output", { class: "slider-told" });
  const play = h("button", { type: "button", class: "button slider-play" }, b("slider.play"));
  const dayOf = (at: number): string => (at >= stops.length - 1 ? "" : today(new Date(stops[at]?.at ?? "")));
  const say = () => {
    const at = Number(input.value);
    const words = dayOf(at) === "" ? b("slider.now") : day(dayOf(at));
    told.textContent = b("slider.day", { day: words, n: whole(stops[at]?.open ?? 0) });
    input.setAttribute("aria-valuetext", told.textContent);
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = 0;
    play.textContent = b("slider.play");
  };
  const go = (at: number) => {
    input.value = String(at);
    chosen = dayOf(at);
    say();
    wish.moved(chosen);
    if (at + 1 < stops.length) void wish.soon(dayOf(at + 1));
  };
  input.addEventListener("input", () => {
    stop();
    go(Number(input.value));
  });
  play.addEventListener("click", () => {
    if (timer) return stop();
    play.textContent = b("slider.stop");
    go(Number(input.value) >= stops.length - 1 ? 0 : Number(input.value) + 1);
    timer = window.setInterval(() => (Number(input.value) >= stops.length - 1 ? stop() : go(Number(input.value) + 1)), PLAY_MS);
  });
  return {
    element: h("div", { class: "board-slider" }, play, input, told),
    show: async (asked) => {
      chosen = asked.at ?? "";
      try {
        // The stops are of today, wherever the slider stands.
        const { items } = await ask<{ items: Stop[] }>(askPath("times", { ...asked, at: "" }, ["unit", "major", "grade", "age", "late"]));
        stops = items;
        input.max = String(items.length - 1);
        const found = items.findIndex((_, at) => dayOf(at) === chosen);
        input.value = String(found < 0 ? items.length - 1 : found);
        say();
      } catch (error) {
        tellError(error);
      }
    },
  };
}
