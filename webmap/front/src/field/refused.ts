// Something the server did not take: why, in its own words, and what a person may do about it.
import { f, sayF } from "../i18n/field";
import { h } from "../ui/dom";
import { moment } from "../ui/format";
import { tell } from "../ui/toast";
import type { App } from "./app";
import { moved, type Item } from "./outbox";
import { act } from "./parts";
import { reopen } from "./reporting";

/** Give its card. The server keeps a copy of its own until somebody settles it, so discarding it here loses nothing. */
export function refusedCard(app: App, item: Item): HTMLElement {
  const why = item.error?.message || f("refused.unknown");
  const change = item.kind === "report" ? act("pen", f("refused.edit"), () => void reopen(app, item).then((id) => (location.hash = `#report/${id}`)), "primary") : act(null, f("refused.again"), () => void app.move(item, moved(item, "queued", { tries: 0, next_at: 0 })), "primary");
  const handIn = act(null, f("refused.hand_in"), () => void app.drop(item).then(() => tell(f("refused.handed"))));
  return h(
    "article",
    { class: "refused-card", "data-item": item.id },
    h("h2", {}, sayF("kind", item.kind), item.title ? ` · ${item.title}` : ""),
    h("p", { class: "refused-why" }, why),
    h("p", { class: "muted small" }, moment(item.made_at)),
    h("div", { class: "row" }, change, item.kind === "photo" ? null : handIn, act(null, f("refused.drop"), () => void app.drop(item))),
  );
}
