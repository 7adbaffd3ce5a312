// What is one's own: the account, how full the phone is, the way out with what is unsent, language, version.
import { f } from "../i18n/field";
import { pageData } from "../pagedata";
import { question } from "../ui/dialog";
import { h } from "../ui/dom";
import { moment, share } from "../ui/format";
import { tell } from "../ui/toast";
import { NEARLY_FULL_SHARE, type App } from "./app";
import { exported, save } from "./exporting";
import { unsentOf } from "./merge";
import { act } from "./parts";
import { keepShell, offerInstall, waiting } from "./shell";
import { talk } from "./talk";
import { CLIENT } from "./wire";

/** Draw it. */
export function mineScreen(app: App): HTMLElement {
  const { scope } = app;
  if (!scope) return h("section", { class: "field-screen" });
  const full = app.full_share >= NEARLY_FULL_SHARE;
  const install = offerInstall();
  return h(
    "section",
    { class: "field-screen mine-screen" },
    h("header", { class: "ground-head" }, h("h1", {}, scope.account.display_name), h("p", { class: "muted" }, scope.account.name)),
    app.isTooOld ? h("p", { class: "field-note warn" }, f("mine.version_old")) : null,
    card(h("p", {}, f("mine.synced", { when: moment(scope.at) })), act("redo", f("mine.sync"), () => app.sync(true))),
    card(h("p", { class: full ? "field-note warn" : "" }, f(full ? "mine.storage_high" : "mine.storage_used", { share: share(app.full_share) })), h("p", { class: "muted small" }, f("mine.export_lead")), act("upload", f("mine.export"), () => void exportAll(app))),
    card(act(null, f("mine.other"), () => void otherLanguage()), install ? act("plus", f("mine.install"), install) : null),
    card(h("p", { class: "muted small" }, f("mine.signout_lead")), act(null, f("mine.signout"), () => void signOut(app))),
    h("p", { class: "muted small center" }, f("mine.nothing_asked")),
    h("p", { class: "muted small center" }, `${f("mine.version")} ${CLIENT}`, waiting() ? act(null, f("mine.update"), () => void waiting()?.()) : null),
  );
}

function card(...children: (HTMLElement | null)[]): HTMLElement {
  return h("div", { class: "mine-card" }, ...children);
}

async function exportAll(app: App): Promise<void> {
  const file = app.store ? await exported(app.store, app.items) : null;
  if (!file) return tell(f("mine.nothing"));
  save(file, `sanzhang-${new Date().toISOString().slice(0, 10)}.json`);
  tell(f("mine.exported"));
}

async function signOut(app: App): Promise<void> {
  const unsent = unsentOf(app.items).length + app.inState("report", "draft").length;
  if (unsent > 0 && (await question({ title: f("mine.signout"), text: f("mine.signout_unsent", { n: unsent }), confirm: f("mine.signout") })) === null) return;
  await app.signOut();
}

// The page that is kept for working without signal is asked for anew in the other language.
async function otherLanguage(): Promise<void> {
  const lang = pageData.lang === "en" ? "zh" : "en";
  document.cookie = `lang=${lang}; path=/; max-age=31536000; samesite=lax`;
  await talk("/api/language", { method: "POST", body: { lang } }).catch(() => undefined);
  await keepShell();
  location.reload();
}
