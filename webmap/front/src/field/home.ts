// The first screen: one's own ground, what is to do, and one big button to report.
import { f } from "../i18n/field";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { App } from "./app";
import { ownUnits } from "./ground";
import { mapBox } from "./mapbox";
import { countsOf } from "./merge";
import { begin } from "./reporting";
import type { Scope } from "./wire";

/** Draw it. */
export function homeScreen(app: App): HTMLElement {
  const { scope } = app;
  if (!scope) return h("section", { class: "field-screen" });
  const own = ownUnits(scope);
  const drafts = app.inState("report", "draft");
  return h(
    "section",
    { class: "field-screen home-screen" },
    ground(scope, own),
    own.some(({ border }) => border) ? mapBox(app, own) : h("p", { class: "field-note" }, f("home.no_ground")),
    figures(app, scope),
    drafts.length > 0 ? h("a", { class: "field-row draft-row", href: `#report/${drafts.at(-1)!.id}` }, icon("pen"), h("span", { class: "field-row-words" }, f("home.drafts", { n: drafts.length })), icon("chevron")) : null,
    reportButton(app),
    h("p", { class: "muted small center" }, f("mine.nothing_asked")),
    questions(scope),
  );
}

function ground(scope: Scope, own: Scope["units"]): HTMLElement {
  const [first] = own;
  const homes = own.reduce((sum, one) => sum + one.homes, 0);
  const names = own.length > 2 ? [...own.slice(0, 2).map(({ name }) => name), "…"] : own.map(({ name }) => name);
  const above = first ? scope.units.find(({ id }) => id === first.parent) : undefined;
  return h(
    "header",
    { class: "ground-head" },
    h("h1", {}, first ? names.join("、") : scope.account.display_name),
    h("p", { class: "muted" }, [above?.name, first && f("home.homes", { n: homes }), scope.account.display_name].filter((one) => one && first).join(" · ")),
  );
}

function figures(app: App, scope: Scope): HTMLElement {
  const counts = countsOf(scope, app.items);
  const all: [string, number, string, string][] = [
    ["todo", counts.todo, "#matters/todo", ""],
    ["late", counts.late, "#matters/late", counts.late > 0 ? "bad" : ""],
    ...(scope.modules.visits && scope.homes.length > 0 ? [["visits", counts.visits, "#homes", ""] as [string, number, string, string]] : []),
    ["unsent", counts.unsent, "#matters/unsent", counts.refused > 0 ? "bad" : counts.unsent > 0 ? "warn" : ""],
  ];
  return h("nav", { class: "figures" }, ...all.map(([name, n, href, look]) => h("a", { class: `figure-tile ${look}`, href, "data-count": name }, h("b", {}, n), h("span", {}, f(`home.${name}` as "home.todo")))));
}

// The camera opens with the first tap; the shot leads to the choice of what it is.
function reportButton(app: App): HTMLElement {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "reader", tabindex: "-1", "aria-hidden": "true", id: "shot" });
  input.addEventListener("change", () => void begin(app, input.files?.[0] ?? null));
  // Whoever leaves the camera without a shot may still report.
  input.addEventListener("cancel", () => void begin(app, null));
  return h(
    "div",
    { class: "report-buttons" },
    h("button", { type: "button", class: "report-button", onclick: () => input.click() }, cameraSign(), f("report")),
    input,
    h("button", { type: "button", class: "plain-report", onclick: () => void begin(app, null) }, f("report.plain")),
  );
}

function cameraSign(): SVGSVGElement {
  const sign = icon("eye");
  sign.querySelector("path")?.setAttribute("d", "M3 6.5h3L7.5 4h5L14 6.5h3v9.5H3zM10 8.2a3 3 0 1 0 0 6 3 3 0 0 0 0-6z");
  return sign;
}

function questions({ faq }: Scope): HTMLElement | null {
  if (faq.length === 0) return null;
  return h("details", { class: "field-fold" }, h("summary", {}, f("home.faq")), ...faq.map(({ question, answer }) => h("details", { class: "field-fold inner" }, h("summary", {}, question), h("p", {}, answer))));
}
