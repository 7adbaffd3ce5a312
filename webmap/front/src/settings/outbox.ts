// What could not be sent, or may not have arrived: sent again by a person alone.
import { ask } from "../api";
import { g, saySetting } from "../i18n/settings";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { tell, telling } from "../ui/toast";
import type { Outbox, Sending } from "./wire";

const STUCK = ["unsure", "failed"];

/** Give the section, and what asks anew. */
export function outboxSection(): { element: HTMLElement; reload: () => void } {
  const counts = h("p", { role: "status" });
  const list = h("ul", { class: "plain-list", id: "outbox" });
  const load = async () => {
    const boxes = await Promise.all(STUCK.map((state) => ask<Outbox>(`/api/notices/outbox?state=${state}`)));
    const known = boxes[0]?.counts ?? {};
    const n = (state: string) => known[state] ?? 0;
    counts.textContent = g("outbox.counts", { waiting: n("waiting") + n("sending"), unsure: n("unsure"), failed: n("failed") });
    const stuck = boxes.flatMap(({ items }) => items);
    fill(list, ...(stuck.length ? stuck.map(row) : [h("li", { class: "muted" }, g("outbox.none"))]));
  };
  const again = (one: Sending) =>
    telling(async () => {
      await ask(`/api/notices/outbox/${one.id}/again`, { method: "POST" });
      tell(g("outbox.done"));
      await load();
    });
  const row = (one: Sending) =>
    h(
      "li",
      { class: "row" },
      h("span", {}, one.text, " ", h("span", { class: "muted small" }, [saySetting("state", one.state), saySetting("error", one.error), moment(one.at)].join(" · "))),
      h("button", { type: "button", class: "link", "aria-label": `${g("outbox.again")} ${one.text}`, onclick: () => void again(one) }, g("outbox.again")),
    );
  const reload = () => void telling(load);
  reload();
  return { element: h("section", {}, h("h2", {}, g("outbox.title")), h("p", { class: "muted" }, g("outbox.text")), counts, list), reload };
}
