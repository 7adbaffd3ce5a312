// The last resort: what is unsent as one file, to be handed in by other ways.
import type { Item } from "./outbox";
import type { Store } from "./store";
import { CLIENT } from "./wire";

/** Give the file: all that is not sent, drafts too, photos in Base64. */
export async function exported(store: Store, items: readonly Item[]): Promise<Blob | null> {
  const unsent = items.filter(({ state }) => state !== "sent");
  if (unsent.length === 0) return null;
  const rows = await Promise.all(unsent.map(async (item) => ({ ...item, bytes: await base64(item.kind === "photo" ? await store.bytes(item.id) : null) })));
  return new Blob([JSON.stringify({ sanzhang: "unsent", client: CLIENT, at: new Date().toISOString(), items: rows }, null, 1)], { type: "application/json" });
}

const PIECE = 0x8000;

async function base64(bytes: ArrayBuffer | null): Promise<string | undefined> {
  if (!bytes) return undefined;
  const all = new Uint8Array(bytes);
  let text = "";
  for (let at = 0; at < all.length; at += PIECE) text += String.fromCharCode(...all.subarray(at, at + PIECE));
  return btoa(text);
}

/** Let the browser save a file under a name. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
