// One step for many issues: dispatch, urge, merge; what is refused is listed with its sentence.
import { ask } from "../api";
import { sayW, w } from "../i18n/issues";
import { notice } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import { tell, tellError } from "../ui/toast";
import type { MapInfo } from "../wire";
import { type Control, flagControl, group, textControl } from "./controls";
import { freshId } from "../ids";
import { excerpt, holderWords } from "./marks";
import { officesControl, partyControl } from "./parties";
import { categoryName, type Registry } from "./registry";
import { stepDialog, valuesOf } from "./stepform";
import type { Short } from "./wire";

const KINDS = ["dispatched", "urged", "merged"] as const;
type Kind = (typeof KINDS)[number];

export interface BulkAnswer {
  done: string[];
  refused: { issue_id: string; code: string; message: string }[];
}

export interface BulkWish {
  info: MapInfo;
  known: Registry;
  /** Something has changed. */
  done: () => void;
  /** Untick everything. */
  none: () => void;
}

/** Give the bar; it comes up once something is ticked. */
export function bulkBar(wish: BulkWish): { element: HTMLElement; show: (chosen: Short[]) => void } {
  const element = h("div", { class: "bulk-bar", role: "group", hidden: true });
  const show = (chosen: Short[]) => {
    element.hidden = chosen.length === 0;
    const button = (kind: Kind) => h("button", { type: "button", class: "button", disabled: kind === "merged" && chosen.length < 2, onclick: () => void run(kind, chosen, wish).catch(tellError) }, sayW("bulk", kind));
    fill(element, h("strong", { role: "status" }, w("bulk.chosen", { n: chosen.length })), ...KINDS.map(button), h("button", { type: "button", class: "quiet", "aria-label": w("bulk.none"), title: w("bulk.none"), onclick: wish.none }, icon("close")));
  };
  return { element, show };
}

async function run(kind: Kind, chosen: Short[], wish: BulkWish): Promise<void> {
  const controls = controlsFor(kind, chosen, wish);
  // Each issue keeps the id of its step, however often it is sent.
  const ids = new Map(chosen.map(({ id }) => [id, freshId()]));
  const send = () => {
    const { keep, ...detail } = valuesOf(controls);
    const steps = chosen.filter(({ id }) => id !== keep).map(({ id }) => ({ issue_id: id, event_id: ids.get(id), kind, detail: kind === "merged" ? { into: keep } : detail }));
    return ask<BulkAnswer>("/api/issues/bulk", { method: "POST", body: { steps } });
  };
  const answer = await stepDialog(w(`bulk.title_${kind}`, { n: chosen.length }), kind, controls, send);
  if (!answer) return;
  wish.done();
  await report(answer, chosen);
}

function controlsFor(kind: Kind, chosen: Short[], { info, known }: BulkWish): Control[] {
  const note = textControl({ name: kind === "urged" ? "text" : "note", kind: "text", optional: true });
  if (kind === "urged") return [note];
  if (kind === "merged") return [keepControl(chosen)];
  const chain = chosen[0]?.chain.filter(({ id }) => chosen.every((one) => one.chain.some((link) => link.id === id))) ?? [];
  return [
    partyControl({ name: "to", kind: "party" }, { offices: known.offices, levels: info.levels, chain }),
    officesControl({ name: "helpers", kind: "offices", optional: true }, known.offices),
    note,
    flagControl({ name: "binding", kind: "flag", optional: true }),
  ];
}

// The oldest is offered first: it has waited longest, and its clock is the one that counts.
function keepControl(chosen: Short[]): Control {
  const oldest = [...chosen].sort((a, b) => a.at.localeCompare(b.at));
  const inputs = oldest.map(({ id }, at) => h("input", { type: "radio", name: "keep", value: id, checked: at === 0 }));
  const rows = oldest.map((one, at) =>
    h("label", { class: "into-choice" }, inputs[at] ?? null, h("span", {}, h("span", { class: "row tight" }, h("strong", {}, categoryName(one.category)), h("span", { class: "code" }, one.number)), h("span", {}, excerpt(one.text, 60)), h("span", { class: "muted small" }, holderWords(one)))),
  );
  return group({ name: "keep", kind: "issue" }, [h("div", { class: "into-list" }, ...rows)], () => inputs.find(({ checked }) => checked)?.value, w("bulk.keep"));
}

/** Tell what was done; what was not is listed by number with the reason. */
export async function report({ done, refused }: BulkAnswer, chosen: readonly Short[]): Promise<void> {
  if (refused.length === 0) return tell(w("bulk.all_done", { n: done.length }));
  const number = (id: string) => chosen.find((one) => one.id === id)?.number ?? id;
  const rows = refused.map(({ issue_id, message }) => h("li", {}, h("span", { class: "code" }, number(issue_id)), " ", message));
  const title = [done.length > 0 ? w("bulk.done", { n: done.length }) : "", w("bulk.refused", { n: refused.length })].filter(Boolean).join("，");
  await notice(title, h("ul", { class: "refused-list" }, ...rows));
}
