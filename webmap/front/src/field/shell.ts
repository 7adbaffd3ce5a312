// The page's own life: kept for work without signal by its service worker, renewed when nobody is writing, put on the home screen.

const CACHE_PREFIX = "sanzhang-field-";
const SHELL = "/field";

interface InstallPrompt extends Event {
  prompt: () => Promise<void>;
}

let asked: InstallPrompt | null = null;
let worker: ServiceWorkerRegistration | null = null;

/** Begin: the service worker is registered; `idle` tells whether a new version may be put in the place of this one. */
export async function startShell(idle: () => boolean, changed: () => void): Promise<void> {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asked = event as InstallPrompt;
    changed();
  });
  if (!("serviceWorker" in navigator)) return;
  const first = navigator.serviceWorker.controller === null;
  let renewing = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The first worker takes over a page that is as new as itself.
    if (first && !renewing) return void (renewing = true);
    location.reload();
  });
  worker = await navigator.serviceWorker.register("/field/sw.js", { scope: SHELL }).catch(() => null);
  const renew = () => worker?.waiting && idle() && worker.waiting.postMessage("take over");
  worker?.addEventListener("updatefound", () => worker?.installing?.addEventListener("statechange", () => (changed(), renew())));
  window.addEventListener("hashchange", renew);
  renew();
}

/** Give what puts a new version in use; null where there is none. */
export function waiting(): (() => void) | null {
  const next = worker?.waiting;
  return next ? () => next.postMessage("take over") : null;
}

/** Give what asks to put the app on the home screen; null where the browser does not offer it. */
export function offerInstall(): (() => void) | null {
  const prompt = asked;
  return prompt ? () => void prompt.prompt() : null;
}

/** Fetch the kept page anew, such as in another language. */
export async function keepShell(): Promise<void> {
  const name = (await caches.keys()).find((one) => one.startsWith(CACHE_PREFIX));
  if (name) await (await caches.open(name)).add(new Request(SHELL, { cache: "reload" })).catch(() => undefined);
}
