// Publishing: what changes hands is shown first, errors are named with a way to them, a date and a reason are asked for;
// afterwards the ledger's entry stands there with its undo.
import { ask, query } from "../../api";
import { d } from "../../i18n/drawpanel";
import { say, t } from "../../i18n/index";
import { may } from "../../pagedata";
import { question } from "../../ui/dialog";
import { h } from "../../ui/dom";
import { moment, whole } from "../../ui/format";
import { icon } from "../../ui/icons";
import { tell, telling } from "../../ui/toast";
import type { Page, PlanCard, Violation } from "../../wire";
import { fullName } from "./names";
import { begin } from "./open";
import type { Session } from "./stage";
import { type Changes, type Entry, planPath } from "./wire";

const MOST_NAMED = 5;

/** Ask all that publishing asks, and publish; `mend` is called when the reader would rather go to an error. */
export async function publishPlan(session: Session, plan: PlanCard, mend: (violation: Violation) => void): Promise<Entry | null> {
  const changes = await telling(() => ask<Changes>(planPath(plan.id, "/changes")));
  if (!changes) return null;
  const errors = session.problems.filter(({ severity }) => severity === "error");
  const asked = await askDateAndReason(session, plan, changes, errors, mend);
  if (!asked) return null;
  const done = await telling(() => ask<Entry>(planPath(plan.id, "/publish"), { method: "POST", body: asked }));
  if (!done) return null;
  tell(t("plans.published"));
  await session.reload();
  return done;
}

interface Asked {
  reason: string;
  dated: string;
}

function askDateAndReason(session: Session, plan: PlanCard, changes: Changes, errors: readonly Violation[], mend: (violation: Violation) => void): Promise<Asked | null> {
  return new Promise((resolve) => {
    const reason = h("textarea", { rows: 2, required: true, minlength: 2, maxlength: 200 });
    const dated = h("input", { type: "date", required: true, value: today() });
    const title = d("publish.title", { name: plan.unit.name });
    const close = (answer: Asked | null) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const goTo = (violation: Violation) => {
      close(null);
      mend(violation);
    };
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", {}, title),
      errors.length > 0 ? blocked(session, errors, goTo) : null,
      h("section", {}, h("h3", {}, t("plans.changes")), changeRows(changes), endedPosts(changes)),
      h("label", { class: "field" }, h("span", {}, d("publish.dated")), dated),
      h("label", { class: "field" }, h("span", {}, t("plans.reason")), reason),
      h("p", { class: "muted small" }, d("publish.text")),
      h("div", { class: "dialog-actions" }, h("button", { type: "button", class: "button", onclick: () => close(null) }, t("cancel")), h("button", { type: "submit", class: "button primary", disabled: errors.length > 0 }, d("publish.button", { n: whole(changes.homes_changed) }))),
    );
    const dialog = h("dialog", { "aria-label": title, class: "publish-dialog" }, form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close({ reason: reason.value.trim(), dated: dated.value });
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (errors.length > 0 ? dialog.querySelector<HTMLElement>(".blocked button") : reason)?.focus();
  });
}

// The date on a wall in China, wherever the reader's machine thinks it is.
function today(): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

function blocked(session: Session, errors: readonly Violation[], goTo: (violation: Violation) => void): HTMLElement {
  const rows = errors.slice(0, MOST_NAMED).map((one) => {
    return h("li", {}, h("button", { type: "button", class: "link", onclick: () => goTo(one) }, one.unit ? `${fullName(session, one.unit)}：${one.sentence}` : one.sentence));
  });
  const more = errors.length - rows.length;
  return h("section", { class: "blocked form-error", role: "alert" }, h("p", {}, d("publish.blocked", { n: errors.length })), h("ul", {}, ...rows, more > 0 ? h("li", {}, d("publish.more", { n: more })) : null));
}

/** Give what publishing changes, a row each; what the county does not keep is left out. */
export function changeRows(changes: Changes): HTMLElement {
  const { posts_vacant: posts } = changes;
  const row = (words: string, n: number | undefined, of: string) => (n === undefined ? null : h("div", {}, h("dt", {}, words), h("dd", {}, h("strong", {}, whole(n)), ` ${of}`)));
  return h(
    "dl",
    { class: "change-rows" },
    row(d("publish.homes"), changes.homes_changed, d("publish.of_homes", { n: whole(changes.homes) })),
    row(d("publish.units_new"), changes.units_new, d("publish.units")),
    row(d("publish.units_changed"), changes.units_changed, d("publish.units")),
    row(d("publish.units_gone"), changes.units_gone, d("publish.units")),
    row(d("publish.issues"), changes.issues_open, d("publish.pieces")),
    row(d("publish.visits"), changes.visits_due, d("publish.pieces")),
    row(d("publish.posts_ended"), posts?.ended, d("publish.persons")),
    row(d("publish.posts_new"), posts?.new, d("publish.posts")),
  );
}

// Who has to be told: each by the unit that goes and by name.
function endedPosts({ posts_vacant: posts }: Changes): HTMLElement | null {
  if (!posts || posts.ended === 0) return null;
  const rows = posts.items.map(({ unit, officer }) => h("li", {}, `${unit.full_name} · ${officer.name}`));
  const more = posts.ended - rows.length;
  return h("details", { class: "small" }, h("summary", {}, d("publish.who_ends")), h("ul", {}, ...rows, more > 0 ? h("li", {}, d("publish.more_persons", { n: more })) : null));
}

/** Find the ledger's entry that put a plan in force. */
export async function entryOf(plan: PlanCard): Promise<Entry | null> {
  const page = await telling(() => ask<Page<Entry>>(`/api/publications${query({ limit: 50 })}`));
  return page?.items.find(({ kind, plan_id }) => kind === "publish" && plan_id === plan.id) ?? null;
}

/** Give the ledger's entry with its undo. */
export function entryView(session: Session, entry: Entry, taken: () => void): HTMLElement {
  const { seq, at, by, reason, kind, counts, undone } = entry;
  const copy = () => void begin(session, { unit_id: session.plan.unit.id, from: "plan", plan_id: session.plan.id });
  const undo = h("button", { type: "button", class: "button", onclick: () => void undoEntry(session, entry, taken) }, icon("undo"), t("publications.undo"));
  return h(
    "section",
    { class: "entry", role: "status" },
    h("p", {}, h("strong", {}, d("publish.entry", { seq, kind: say("publication", kind) })), counts.homes === undefined ? null : ` · ${t("n_homes", { n: whole(counts.homes) })}`, undone ? h("span", { class: "chip" }, t("publications.undone")) : null),
    undone ? h("p", {}, d("publish.taken_back")) : null,
    reason ? h("p", {}, reason) : null,
    h("p", { class: "muted small" }, h("time", { datetime: at }, moment(at)), ` · ${by}`),
    entry.may_undo ? undo : null,
    undone && may("draft") ? h("button", { type: "button", class: "button", onclick: copy }, d("earlier.copy")) : null,
  );
}

async function undoEntry(session: Session, { id, seq, unit, counts }: Entry, taken: () => void): Promise<void> {
  const reason = await question({
    title: t("publications.undo_title", { seq }),
    text: t("publications.undo_text", { name: unit?.name ?? "", homes: whole(counts.homes ?? 0) }),
    confirm: t("publications.undo"),
    danger: true,
    reason: { label: t("plans.reason"), least: 2 },
  });
  if (reason === null) return;
  const done = await telling(() => ask<Entry>(`/api/publications/${encodeURIComponent(id)}/undo`, { method: "POST", body: { reason } }));
  if (!done) return;
  tell(t("publications.undo_done"));
  taken();
  await session.reload();
}
