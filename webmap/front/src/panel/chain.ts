// The way from the county down to what is shown, as links.
import { t } from "../i18n/index";
import { h } from "../ui/dom";
import type { ChainLink } from "../wire";

/** Give the breadcrumbs. */
export function chainLine(chain: readonly ChainLink[], choose: (link: ChainLink) => void): HTMLElement | null {
  if (chain.length === 0) return null;
  const links = chain.map((link) =>
    h("li", {}, h("button", { type: "button", class: "link", onclick: () => choose(link) }, link.name)),
  );
  return h("nav", { class: "chain", "aria-label": t("card.chain") }, h("ol", {}, ...links));
}
