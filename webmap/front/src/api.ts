// Asks the server: JSON in, JSON out, the CSRF token on every write, and one kind of error with a sentence to show.
import { t } from "./i18n/index";
import { withMoment } from "./map/asof";
import { meta } from "./pagedata";
import { busy } from "./ui/busy";

/** A refusal by the server, or a broken connection (code "network"); its message may be shown as it is. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly values: Record<string, unknown> = {},
    /** What else the refusal carries, such as the `delta` of a stale edit. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export interface Ask {
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

/** Ask `path` and give its JSON; throws ApiError. A lapsed session goes to the sign-in page and comes back here. */
export async function ask<T>(path: string, { method = "GET", body, signal }: Ask = {}): Promise<T> {
  const done = busy();
  try {
    const answer = await send(method === "GET" ? withMoment(path) : path, method, body, signal);
    if (!answer.ok) throw await refusal(answer);
    return (answer.status === 204 ? undefined : read(await answer.text())) as T;
  } finally {
    done();
  }
}

/** Read an answer's JSON. Who worked at the command line has no account to be named by, so the reader's word is put in. */
export function read(text: string): unknown {
  if (!text.includes('"by":"operator"')) return JSON.parse(text);
  return JSON.parse(text, (key: string, value: unknown) => (key === "by" && value === "operator" ? t("who.operator") : value));
}

/** Make a query string of what is set. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : t("error.unknown");
}

/** Where to go after sign-in: only a path of this very server, never another host. */
export function safeNext(wanted: string | null | undefined): string {
  if (!wanted || !/^\/(?![/\\])/.test(wanted) || /[\u0000-\u001f\\]/.test(wanted)) return "/map";
  return wanted;
}

async function send(path: string, method: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = meta("csrf-token");
  const raw = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !raw) headers["Content-Type"] = "application/json";
  const payload = body === undefined ? null : raw ? body : JSON.stringify(body);
  try {
    return await fetch(path, { method, headers, body: payload, credentials: "same-origin", signal: signal ?? null });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "network", t("error.network"));
  }
}

async function refusal(answer: Response): Promise<ApiError> {
  const told = await answer
    .json()
    .then((json: { error?: Record<string, unknown> & { code?: string; message?: string; values?: Record<string, unknown> } }) => json.error)
    .catch(() => undefined);
  if (told?.code === "session.none") toSignIn();
  if (told?.code === "password.must_change") leaveFor("/password");
  if (told?.code === "factor.must_enrol") leaveFor("/security");
  return new ApiError(answer.status, told?.code ?? "http", told?.message || t("error.http", { status: answer.status }), told?.values, told);
}

let leaving = false;
globalThis.addEventListener?.("pageshow", () => (leaving = false));

// Several questions may be refused at once: a page that leaves again while it leaves may end up nowhere.
function leaveFor(path: string): void {
  if (leaving) return;
  leaving = true;
  location.assign(path);
}

function toSignIn(): void {
  if (location.pathname === "/signin") return;
  const here = location.pathname + location.search + location.hash;
  leaveFor(`/signin?next=${encodeURIComponent(here)}`);
}
