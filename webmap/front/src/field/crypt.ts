// What is kept on the phone is sealed with the account's key (AES-256-GCM); without the key it is noise.

/** Something sealed: the nonce, and the cipher text with its tag. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const IV_BYTES = 12;
const KEY_BYTES = 32;

/** Make a key of the 32 bytes that the server hands the account, in Base64; scripts cannot read it out again. */
export async function keyOf(base64: string): Promise<CryptoKey> {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  if (bytes.length !== KEY_BYTES) throw new Error("a key has 32 bytes");
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Seal bytes; `name` says what they are, and they open under no other name. */
export async function sealBytes(key: CryptoKey, name: string, bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: named(name) }, key, bytes);
  return { iv, data };
}

/** Open what was sealed under a name; throws where the key or the name is another, or a bit has changed. */
export async function openBytes(key: CryptoKey, name: string, { iv, data }: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: named(name) }, key, data);
}

/** Seal a value as JSON. */
export function seal(key: CryptoKey, name: string, value: unknown): Promise<Sealed> {
  return sealBytes(key, name, named(JSON.stringify(value)));
}

/** Open a value that was sealed as JSON. */
export async function open<T>(key: CryptoKey, name: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(key, name, sealed))) as T;
}

function named(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
