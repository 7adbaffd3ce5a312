// The view in the address: #zoom/lat/lon/what, where `what` is a unit's id, or "h-" and a home's id.

export interface View {
  zoom: number;
  lat: number;
  lon: number;
  chosen: Chosen | null;
}

export interface Chosen {
  kind: "unit" | "household";
  id: string;
}

const ID = /^[0-9A-Za-z-]{1,64}$/;

/** Write a view; 5 decimals of a degree are about a metre. */
export function writeHash({ zoom, lat, lon, chosen }: View): string {
  const place = `#${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
  if (!chosen) return place;
  return `${place}/${chosen.kind === "household" ? "h-" : ""}${chosen.id}`;
}

/** Read a view; null for anything that is not one. */
export function readHash(hash: string): View | null {
  const [zoomText, latText, lonText, what] = hash.replace(/^#/, "").split("/");
  const [zoom, lat, lon] = [zoomText, latText, lonText].map((text) => (text ? Number(text) : NaN));
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  if (![zoom, lat, lon].every(Number.isFinite)) return null;
  if (zoom < 0 || zoom > 24 || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { zoom, lat, lon, chosen: readChosen(what) };
}

function readChosen(what: string | undefined): Chosen | null {
  if (!what || !ID.test(what)) return null;
  return what.startsWith("h-") ? { kind: "household", id: what.slice(2) } : { kind: "unit", id: what };
}
