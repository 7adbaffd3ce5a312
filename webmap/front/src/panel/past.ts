// Going back in time on the map page: the date to choose, and the bar that says that this is not today's net.
import { t } from "../i18n/index";
import { asOf, dayWords, OLDEST, queryOf, today } from "../map/asof";
import { h } from "../ui/dom";

// The whole page begins anew, so that nothing on it is left from another moment; the view and the choice stay.
function go(at: string | null): void {
  location.assign(`${location.pathname}${queryOf(at)}${location.hash}`);
}

/** Give the date to choose, and beside it the way back to today. */
export function dateChoice(): HTMLElement {
  const at = asOf();
  const input = h("input", { type: "date", min: OLDEST, max: today(), value: at?.slice(0, 10) ?? today(), id: "as-of" });
  input.addEventListener("change", () => {
    // A year that is still being typed is no date yet.
    if (input.value !== "" && input.checkValidity()) go(input.value);
  });
  return h(
    "div",
    { class: "as-of" },
    h("label", { for: "as-of" }, t("asof.label")),
    input,
    at === null ? null : h("button", { type: "button", class: "link", onclick: () => go(null) }, t("asof.back")),
  );
}

/** Give the bar over the page that says whose day this is; null for now. */
export function pastBar(): HTMLElement | null {
  const at = asOf();
  if (at === null) return null;
  return h(
    "div",
    { class: "past-bar", role: "status" },
    h("p", {}, h("strong", {}, t("asof.banner", { day: dayWords(at) })), " ", h("span", {}, t("asof.banner_more"))),
    h("button", { type: "button", class: "button", onclick: () => go(null) }, t("asof.back")),
  );
}

/** Say in the place of the problems why there are none to see. */
export function noProblemsThen(): HTMLElement {
  return h("p", { class: "past-note muted" }, t("asof.no_problems"));
}
