// What can be compared or looked at: the net in force, a plan as it stands, a plan's revision; each with its address.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { madeWords } from "../../plans/list";
import { moment } from "../../ui/format";
import type { Page, Plan, PlanContent } from "../../wire";
import { openPlan, type Session } from "./stage";
import { planPath, type Revision } from "./wire";

const MOST_OFFERED = 50;

/** "net", "<plan id>" or "<plan id>:<revision>", as the server takes it. */
export type Ref = string;

export interface RefGroup {
  label: string;
  options: { ref: Ref; words: string }[];
}

/** Ask for all that can be chosen beside the plan that is open. */
export async function refGroups(session: Session): Promise<RefGroup[]> {
  const plan = openPlan(session);
  if (!plan) return [];
  const [revisions, plans] = await Promise.all([
    ask<Page<Revision>>(planPath(plan.id, `/revisions${query({ limit: MOST_OFFERED })}`)),
    ask<Page<Plan>>(`/api/plans${query({ unit: plan.unit.id, limit: MOST_OFFERED })}`),
  ]);
  const older = revisions.items.filter(({ number }) => number !== session.revision);
  const others = plans.items.filter(({ id }) => id !== plan.id);
  return [
    { label: d("compare.main"), options: [{ ref: "net", words: d("compare.net") }, { ref: plan.id, words: d("compare.this") }] },
    { label: d("compare.revisions"), options: older.map((one) => ({ ref: `${plan.id}:${one.number}`, words: d("compare.revision", { n: one.number, at: moment(one.at) }) })) },
    { label: d("compare.plans"), options: others.map((one) => ({ ref: one.id, words: `${one.name || one.unit.name} · ${madeWords(one)}` })) },
  ].filter(({ options }) => options.length > 0);
}

/** Ask for what a ref holds. */
export function refContent(session: Session, ref: Ref): Promise<PlanContent> {
  if (ref === "net") return ask(`/api/units/${encodeURIComponent(session.unitId ?? "")}/content`);
  const [id = "", revision] = ref.split(":");
  return ask(planPath(id, `/content${query({ revision })}`));
}
