// Mouse, finger and pen in one: presses, drags, taps, double taps and long presses, told to whoever has the tool in hand.
// While a press is claimed the map's own drag is off; a second finger gives the gesture back to the map.
import type { NetMap } from "../map/create";
import { away, type Point, type Screen } from "./screen";
import type { Contact } from "./tool";

const MOUSE_REACH_PX = 9;
// A fingertip hides what it points at: at least 24 px to each side are meant.
const TOUCH_REACH_PX = 24;
const SLACK_PX = { mouse: 4, touch: 10 };
const HOLD_MS = 550;
const DOUBLE_MS = 380;
const DOUBLE_PX = 28;

export interface Gestures {
  /** Whether taps are ours; else the browser makes clicks of them, for whoever listens to the map. */
  owns(): boolean;
  press(at: Contact): boolean;
  drag(at: Contact): void;
  drop(at: Contact): void;
  cancel(): void;
  tap(at: Contact): void;
  doubleTap(at: Contact): void;
  hold(at: Contact): void;
  hover(at: Contact | null): void;
}

interface Press {
  id: number;
  from: Point;
  claimed: boolean;
  moved: boolean;
  held: boolean;
  timer: number;
}

/** Listen to the map's frame. */
export class Pointer {
  private press: Press | null = null;
  private readonly down = new Set<number>();
  private lastTap: { at: number; point: Point } | null = null;
  private spaceHeld = false;

  constructor(
    private readonly map: NetMap,
    private readonly screen: () => Screen,
    private readonly told: Gestures,
  ) {
    const frame = map.getCanvasContainer();
    frame.addEventListener("pointerdown", (event) => this.onDown(event), { capture: true });
    frame.addEventListener("pointermove", (event) => this.onMove(event), { capture: true });
    // Without this the browser sends a click after the tap, to whatever has come up under the finger by then.
    frame.addEventListener("touchend", (event) => event.cancelable && told.owns() && event.preventDefault(), { passive: false });
    frame.addEventListener("pointerleave", () => !this.press && told.hover(null));
    window.addEventListener("pointerup", (event) => this.onUp(event));
    window.addEventListener("pointercancel", (event) => this.onLost(event));
    document.addEventListener("keydown", ({ code, target }) => {
      if (code === "Space" && target === map.getCanvas()) this.spaceHeld = true;
    });
    document.addEventListener("keyup", ({ code }) => {
      if (code === "Space") this.spaceHeld = false;
    });
  }

  /** Give up the press that is under way. */
  release(): void {
    if (!this.press) return;
    window.clearTimeout(this.press.timer);
    if (this.press.claimed) {
      this.map.dragPan.enable();
      this.told.cancel();
    }
    this.press = null;
  }

  private contact(event: PointerEvent): Contact {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    const point: Point = [event.clientX - left, event.clientY - top];
    const touch = event.pointerType !== "mouse";
    const place = this.screen().place(point);
    const adding = event.shiftKey || event.ctrlKey || event.metaKey;
    return { point, place, reach: touch ? TOUCH_REACH_PX : MOUSE_REACH_PX, adding, touch };
  }

  private onDown(event: PointerEvent): void {
    this.down.add(event.pointerId);
    if (this.down.size > 1) return this.release();
    if (event.button !== 0 || this.spaceHeld) return;
    const at = this.contact(event);
    const claimed = this.told.press(at);
    if (claimed) this.map.dragPan.disable();
    const press: Press = { id: event.pointerId, from: at.point, claimed, moved: false, held: false, timer: 0 };
    press.timer = window.setTimeout(() => this.onHold(press, at), HOLD_MS);
    this.press = press;
  }

  private onMove(event: PointerEvent): void {
    const press = this.press;
    if (!press) {
      if (event.pointerType === "mouse" && this.down.size === 0) this.told.hover(this.contact(event));
      return;
    }
    if (press.id !== event.pointerId) return;
    const at = this.contact(event);
    if (!press.moved && away(at.point, press.from) > SLACK_PX[at.touch ? "touch" : "mouse"]) {
      press.moved = true;
      window.clearTimeout(press.timer);
    }
    if (press.moved && press.claimed && !press.held) this.told.drag(at);
  }

  private onUp(event: PointerEvent): void {
    this.down.delete(event.pointerId);
    const press = this.press;
    if (press?.id !== event.pointerId) return;
    this.press = null;
    window.clearTimeout(press.timer);
    if (press.claimed) this.map.dragPan.enable();
    const at = this.contact(event);
    if (press.held) return;
    if (!press.moved) {
      if (press.claimed) this.told.cancel();
      return this.onTap(at, event.timeStamp);
    }
    if (press.claimed) this.told.drop(at);
  }

  private onLost(event: PointerEvent): void {
    this.down.delete(event.pointerId);
    if (this.press?.id === event.pointerId) this.release();
  }

  // By when the hand did it, not by when a busy machine came to hear of it.
  private onTap(at: Contact, now: number): void {
    const last = this.lastTap;
    if (last && now - last.at < DOUBLE_MS && away(last.point, at.point) < DOUBLE_PX) {
      this.lastTap = null;
      return this.told.doubleTap(at);
    }
    this.lastTap = { at: now, point: at.point };
    this.told.tap(at);
  }

  private onHold(press: Press, at: Contact): void {
    if (this.press !== press || press.moved) return;
    press.held = true;
    if (press.claimed) this.told.cancel();
    this.told.hold(at);
  }
}
