// A photo as it is sent: scaled on the phone, upright, without what the camera wrote into it; its place is read before.
import type { Place } from "../wire";

const LONGEST_PX = 1600;
const QUALITY = 0.82;
const EXIF = 0xe1;
const GPS_POINTER = 0x8825;

/** Scale a picture to at most 1,600 px; one that the browser cannot read is sent as it is, for the server to judge. */
export async function scaled(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return file;
  const share = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * share));
  canvas.height = Math.max(1, Math.round(picture.height * share));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve) => canvas.toBlob((made) => resolve(made ?? file), "image/jpeg", QUALITY));
}

/** Read the place (lon, lat) that a camera wrote into a JPEG's EXIF; null where there is none. */
export function placeIn(bytes: ArrayBuffer): Place | null {
  try {
    return gpsOf(new DataView(bytes));
  } catch {
    // Cut short or malformed: a picture without a place.
    return null;
  }
}

function gpsOf(view: DataView): Place | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return null;
    if (marker === EXIF && view.getUint32(at + 4) === 0x45786966) return tiffPlace(view, at + 10);
  }
  return null;
}

function tiffPlace(view: DataView, start: number): Place | null {
  const little = view.getUint16(start) === 0x4949;
  const short = (at: number) => view.getUint16(start + at, little);
  const long = (at: number) => view.getUint32(start + at, little);
  const entry = (folder: number, tag: number): number | null => {
    for (let n = 0; n < short(folder); n += 1) if (short(folder + 2 + 12 * n) === tag) return folder + 2 + 12 * n;
    return null;
  };
  const pointer = entry(long(4), GPS_POINTER);
  if (pointer === null) return null;
  const gps = long(pointer + 8);
  const degrees = (tag: number, signTag: number, negative: string): number | null => {
    const [value, sign] = [entry(gps, tag), entry(gps, signTag)];
    if (value === null || sign === null) return null;
    const at = long(value + 8);
    const part = (n: number) => long(at + 8 * n) / (long(at + 8 * n + 4) || 1);
    const found = part(0) + part(1) / 60 + part(2) / 3600;
    return String.fromCharCode(view.getUint8(start + sign + 8)) === negative ? -found : found;
  };
  const [lat, lon] = [degrees(2, 1, "S"), degrees(4, 3, "W")];
  return lat === null || lon === null || (lat === 0 && lon === 0) ? null : [lon, lat];
}
