// What the map page says before there are homes: what belongs here, and the buttons that bring it.
import { t } from "../i18n/index";
import { may } from "../pagedata";
import { h } from "../ui/dom";
import { icon } from "../ui/icons";

/** Give the empty state. */
export function emptyState(): HTMLElement {
  return h(
    "div",
    { class: "empty-state", role: "status" },
    h("h2", {}, t("empty.title")),
    h("p", {}, may("import") ? t("empty.text") : t("empty.text_reader")),
    h("pre", { class: "command" }, "sanzhang demo"),
    may("import") ? h("a", { class: "button primary", href: "/import" }, icon("upload"), t("empty.import")) : null,
  );
}
