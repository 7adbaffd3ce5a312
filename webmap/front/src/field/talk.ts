// Asks the server from a page that may be weeks old: the form's token is asked for anew, a lapsed session is renewed by the device.
import { refusalOf, type Refusal } from "./outbox";

/** Nobody can be reached, or who answered is not our server. */
export class Unreachable extends Error {}

/** The server wants to know who is there: sign in again. What is kept on the phone stays. */
export class SignInFirst extends Error {}

/** The server answered, and refused. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

const PATIENCE_MS = 30_000;
const UPLOAD_PATIENCE_MS = 150_000;

let token = "";

interface Asked {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  json: unknown;
  tag: string;
}

/** Ask; gives status and JSON (null for 204 and 304). Throws Unreachable, SignInFirst or Refused. */
export async function talk(path: string, asked: Asked = {}): Promise<Answer> {
  let answer = await once(path, asked);
  if (answer.status === 401 && (await enterByDevice())) answer = await once(path, asked);
  // The token belongs to a session that is over: one more try with a fresh one.
  if (answer.status === 400 || answer.status === 403) {
    if (codeOf(answer.json) === "csrf.refused") {
      token = "";
      answer = await once(path, asked);
    }
  }
  if (answer.status === 401) throw new SignInFirst(codeOf(answer.json));
  if (answer.status >= 400) {
    const refusal = refusalOf(isRecord(answer.json) ? answer.json["error"] : null, answer.status);
    // Its own trouble, or too much at once: not a word about what was sent.
    if (!refusal || refusal.code === "" || answer.status >= 500 || answer.status === 429) throw new Unreachable(String(answer.status));
    throw new Refused(refusal);
  }
  return answer;
}

async function once(path: string, { method = "GET", body, headers = {} }: Asked): Promise<Answer> {
  const raw = body instanceof ArrayBuffer || body instanceof Blob;
  const more: Record<string, string> = { Accept: "application/json", ...headers };
  if (method !== "GET") more["X-CSRFToken"] = await formToken();
  if (body !== undefined && !raw) more["Content-Type"] = "application/json";
  const init: RequestInit = { method, headers: more, credentials: "same-origin", redirect: "manual", cache: "no-store" };
  if (body !== undefined) init.body = raw ? (body as BodyInit) : JSON.stringify(body);
  return answered(path, init, raw ? UPLOAD_PATIENCE_MS : PATIENCE_MS);
}

async function answered(path: string, init: RequestInit, patience_ms: number): Promise<Answer> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience_ms);
  try {
    const answer = await fetch(path, { ...init, signal: stop.signal });
    // A network that wants a sign-in of its own leads elsewhere, or answers with a page: neither is ours.
    if (answer.type === "opaqueredirect") throw new Unreachable("redirect");
    const tag = answer.headers.get("ETag") ?? "";
    if (answer.status === 204 || answer.status === 304) return { status: answer.status, json: null, tag };
    return { status: answer.status, json: JSON.parse(await answer.text()) as unknown, tag };
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable(String(error));
  } finally {
    clearTimeout(timer);
  }
}

async function formToken(): Promise<string> {
  if (token) return token;
  const { json } = await answered("/api/form-token", { credentials: "same-origin", redirect: "manual", cache: "no-store" }, PATIENCE_MS);
  const told = isRecord(json) ? json["token"] : undefined;
  if (typeof told !== "string") throw new Unreachable("no token");
  token = told;
  return token;
}

async function enterByDevice(): Promise<boolean> {
  const { status } = await once("/api/session/device", { method: "POST" });
  return status === 200;
}

function codeOf(json: unknown): string {
  const error = isRecord(json) ? json["error"] : null;
  return isRecord(error) ? String(error["code"] ?? "") : "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
