// The field app's service worker: keeps the page and its own files, so that they open without signal. It keeps nothing
// else: no answer of the server that is about anybody ever passes through here.
declare const SHELL_FILES: readonly string[];
declare const LATER_FILES: readonly string[];
declare const SHELL_VERSION: string;

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerScope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(name: "install" | "activate", act: (event: Lasting) => void): void;
  addEventListener(name: "fetch", act: (event: Fetching) => void): void;
  addEventListener(name: "message", act: (event: MessageEvent & Lasting) => void): void;
}

const scope = self as unknown as WorkerScope;
const PREFIX = "sanzhang-field-";
const CACHE = `${PREFIX}${SHELL_VERSION}`;
const SHELL = "/field";
const OWN = new Set([...SHELL_FILES, ...LATER_FILES]);

scope.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([new Request(SHELL, { cache: "reload" }), ...SHELL_FILES]))));

scope.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  ),
);

scope.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(scope.skipWaiting());
  // The map is large: it is fetched when the page is at rest, not before one can work.
  if (event.data === "fetch the rest") event.waitUntil(caches.open(CACHE).then((cache) => Promise.allSettled(LATER_FILES.map((file) => held(cache, new Request(file))))));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === SHELL) event.respondWith(caches.open(CACHE).then((cache) => held(cache, new Request(SHELL))));
  else if (OWN.has(pathname)) event.respondWith(caches.open(CACHE).then((cache) => held(cache, new Request(pathname))));
});

async function held(cache: Cache, request: Request): Promise<Response> {
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok && !fresh.redirected) await cache.put(request, fresh.clone());
  return fresh;
}
