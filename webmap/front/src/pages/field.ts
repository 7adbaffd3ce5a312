// The field app: one page for the phone that works for days without signal and sends everything exactly once.
import { f, sayF } from "../i18n/field";
import { App } from "../field/app";
import { contactsScreen } from "../field/contacts";
import { homeScreen } from "../field/home";
import { homesScreen } from "../field/homes";
import { findingScreen, homeOfScreen } from "../field/homescreen";
import { mattersScreen } from "../field/matters";
import { matterScreen } from "../field/matterscreen";
import { unsentOf } from "../field/merge";
import { mineScreen } from "../field/mine";
import { reportScreen } from "../field/reportscreen";
import { startShell } from "../field/shell";
import { fill, h, need } from "../ui/dom";
import { icon, type IconName } from "../ui/icons";
import { tell } from "../ui/toast";

const TABS: [string, IconName][] = [["home", "home"], ["matters", "list"], ["homes", "people"], ["contacts", "phone"], ["mine", "lock"]];
const REST_AFTER_MS = 1_500;

const app = new App();
const main = need("#main");
const tabs = need("#tabs");
const net = need("#net");

// A screen that a person writes in is not drawn anew while it is open; it is told, and changes what it must.
let open: { hash: string; update: (() => void) | null } = { hash: "", update: null };

// While a finger is down nothing is drawn anew under it, or the tap would meet a button that is no longer there.
let pressed = false;
let missed = false;
const SETTLED_MS = 50;

function watchFingers(): void {
  document.addEventListener("pointerdown", () => (pressed = true), true);
  const lifted = () =>
    window.setTimeout(() => {
      pressed = false;
      if (missed) draw();
    }, SETTLED_MS);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, lifted, true);
}

function draw(): void {
  missed = pressed;
  if (pressed) return;
  // When a person can first do something: what a benchmark asks for.
  if (app.scope && performance.getEntriesByName("field:usable").length === 0) performance.mark("field:usable");
  drawNet();
  drawTabs();
  const hash = location.hash || "#home";
  if (open.hash === hash && open.update) return open.update();
  if (document.querySelector("dialog[open]")) return;
  const top = open.hash === hash ? main.scrollTop : 0;
  const busy = open.hash === hash && main.contains(document.activeElement) ? document.activeElement?.getAttribute("data-step") : null;
  const shown = screen(hash);
  open = { hash, update: shown.update };
  fill(main, shown.element);
  main.scrollTop = top;
  if (busy) main.querySelector<HTMLElement>(`[data-step="${busy}"]`)?.focus();
}

function screen(hash: string): { element: HTMLElement; update: (() => void) | null } {
  const [name = "", id = "", more = ""] = hash.slice(1).split("/");
  const plain = (element: HTMLElement | null) => ({ element: element ?? homeScreen(app), update: null });
  if (!app.store || !app.scope) return plain(gate());
  switch (name) {
    case "report":
      return reportScreen(app, id) ?? plain(null);
    case "finding":
      return { element: findingScreen(app, id, more), update: () => undefined };
    case "matters":
      return plain(mattersScreen(app, id));
    case "matter":
      return plain(matterScreen(app, id));
    case "homes":
      return plain(homesScreen(app));
    case "home-of":
      return plain(homeOfScreen(app, id));
    case "contacts":
      return plain(contactsScreen(app));
    case "mine":
      return plain(mineScreen(app));
    default:
      return plain(null);
  }
}

// Nobody is signed in on this phone, or it has not yet heard from the server.
function gate(): HTMLElement {
  const words = app.barred || (app.reached ? (app.signIn ? f("signin.lead") : "") : f("signin.offline"));
  return h("section", { class: "field-screen gate-screen" }, h("img", { src: "/static/icon.svg", alt: "", width: 72, height: 72 }), h("h1", {}, document.title), h("p", { class: "muted", role: "status" }, words), app.signIn && !app.barred ? h("a", { class: "button primary send-button", href: "/signin?next=/field" }, f("signin.go")) : null, app.signIn ? h("p", { class: "muted small" }, f("signin.kept")) : null);
}

function drawNet(): void {
  document.body.dataset["meeting"] = app.meeting ? "yes" : "no";
  const unsent = unsentOf(app.items);
  const refused = unsent.filter(({ state }) => state === "refused").length;
  const off = !app.reached || !navigator.onLine;
  net.hidden = !app.store || !(off || app.signIn || refused > 0 || unsent.length > 0);
  net.classList.toggle("bad", refused > 0 || app.signIn);
  if (app.signIn) return fill(net, h("a", { href: "/signin?next=/field" }, f("signin.again")));
  if (refused > 0) return fill(net, h("a", { href: "#matters/unsent" }, f("net.refused", { n: refused })));
  fill(net, off ? h("span", {}, f("net.off")) : null, unsent.length > 0 ? h("a", { href: "#matters/unsent" }, f("net.unsent", { n: unsent.length })) : null);
}

function drawTabs(): void {
  const here = (location.hash || "#home").slice(1).split("/")[0] ?? "";
  const under: Record<string, string> = { matter: "matters", "home-of": "homes", finding: "homes", report: "home" };
  const visits = app.scope?.modules.visits && app.scope.homes.length > 0;
  tabs.hidden = !app.store || !app.scope || here === "report";
  fill(tabs, ...TABS.filter(([name]) => name !== "homes" || visits).map(([name, sign]) => h("a", { href: `#${name}`, "aria-current": (under[here] ?? here) === name ? "page" : null }, icon(sign), h("span", {}, sayF("tab", name)))));
}

// Nobody is writing: a new version may take over.
function idle(): boolean {
  return !document.querySelector("dialog[open]") && !/^#(report|finding)/.test(location.hash);
}

async function start(): Promise<void> {
  if (!window.isSecureContext || !crypto.subtle) return fill(main, h("section", { class: "field-screen gate-screen" }, h("p", { class: "field-note warn" }, f("secure"))));
  watchFingers();
  app.onChange(draw);
  window.addEventListener("hashchange", draw);
  window.addEventListener("offline", draw);
  await app.start();
  document.body.dataset["ready"] = "yes";
  performance.mark("field:ready");
  await startShell(idle, draw);
  window.setTimeout(() => void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("fetch the rest")), REST_AFTER_MS);
  void navigator.storage?.persist?.();
}

start().catch((error: unknown) => tell(error instanceof Error ? error.message : String(error), "error"));
