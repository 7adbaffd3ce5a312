// The phone's position: asked for only while somebody reports something, never kept as a track.
import type { Place } from "../wire";

export interface Fix {
  place: Place;
  accuracy_m: number;
  at: string;
}

const PATIENCE_MS = 20_000;
const FRESH_MS = 10_000;

/** Watches the position while a report is being made. */
export class Watcher {
  last: Fix | null = null;
  /** Why there is none: refused by the person, or not found; "" while it is looked for. */
  trouble: "" | "denied" | "none" = "";
  private id = -1;

  constructor(private readonly changed: () => void) {}

  start(): void {
    if (!("geolocation" in navigator)) {
      this.trouble = "none";
      return;
    }
    this.id = navigator.geolocation.watchPosition(
      (position) => {
        this.last = fixOf(position);
        this.trouble = "";
        this.changed();
      },
      ({ code }) => {
        this.trouble = code === 1 ? "denied" : "none";
        this.changed();
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  }

  stop(): void {
    if (this.id >= 0) navigator.geolocation.clearWatch(this.id);
    this.id = -1;
  }
}

/** Ask once where the phone is; null where it does not say. */
export function where(): Promise<Fix | null> {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((resolve) =>
    navigator.geolocation.getCurrentPosition(
      (position) => resolve(fixOf(position)),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    ),
  );
}

function fixOf({ coords, timestamp }: GeolocationPosition): Fix {
  const places = (value: number) => Math.round(value * 1e7) / 1e7;
  return { place: [places(coords.longitude), places(coords.latitude)], accuracy_m: Math.round(coords.accuracy * 10) / 10, at: new Date(timestamp).toISOString() };
}
