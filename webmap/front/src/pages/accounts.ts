// The accounts: who may sign in, for which ground; new ones, one-time passwords, disabling, ending sessions.
import { ask } from "../api";
import { changeRoles, createAccount, showOnce } from "../accounts/create";
import { t } from "../i18n/index";
import { say } from "../i18n/index";
import { s } from "../i18n/security";
import { may } from "../pagedata";
import { signedInLists } from "../security/lists";
import { startShell } from "../shell";
import { notice, question } from "../ui/dialog";
import { h, need } from "../ui/dom";
import { moment } from "../ui/format";
import { icon } from "../ui/icons";
import { pagedTable } from "../ui/paged";
import { tell, telling } from "../ui/toast";
import type { Account } from "../wire";

startShell();

const columns = [t("col.account"), t("col.roles"), t("col.state"), t("col.last_seen"), t("col.actions")];
const table = pagedTable<Account>({ path: "/api/accounts", columns, row, empty: t("accounts.empty"), caption: t("accounts.caption") });
const create = h("button", { type: "button", class: "button primary" }, icon("plus"), t("accounts.create"));
create.addEventListener("click", async () => {
  if (await createAccount()) await table.reload();
});
need("#content").append(may("accounts") ? h("div", { class: "row page-actions" }, create) : "", table.element);

function row(account: Account): HTMLTableRowElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("div", {}, account.display_name), h("div", { class: "muted small" }, account.name)),
    h("td", {}, ...account.roles.map(({ role, scope_name }) => h("div", {}, say("role", role), " ", h("span", { class: "muted" }, scope_name || t("account.everywhere"))))),
    h("td", { class: "nowrap" }, stateChip(account)),
    h("td", { class: "nowrap" }, moment(account.last_seen)),
    h("td", {}, h("div", { class: "row" }, ...actions(account))),
  );
}

function stateChip({ disabled, must_change }: Account): HTMLElement {
  if (disabled) return h("span", { class: "chip bad" }, t("account.disabled"));
  if (must_change) return h("span", { class: "chip warn" }, t("account.must_change"));
  return h("span", { class: "chip good" }, t("account.active"));
}

function actions(account: Account): HTMLElement[] {
  const path = `/api/accounts/${encodeURIComponent(account.id)}`;
  const button = (words: string, act: () => Promise<void>) =>
    h("button", { type: "button", class: "link nowrap", onclick: () => void act() }, words);
  const name = account.display_name;
  const toggle = async () => {
    const sure = account.disabled || (await question({ title: t("accounts.disable_title", { name }), text: t("accounts.disable_text"), confirm: t("account.disable"), danger: true })) !== null;
    if (!sure) return;
    await telling(() => ask(path, { method: "PATCH", body: { disabled: !account.disabled } }));
    await table.reload();
  };
  const reset = async () => {
    const sure = await question({ title: t("accounts.reset_title", { name }), text: t("accounts.reset_text"), confirm: t("account.reset") });
    if (sure === null) return;
    const given = await telling(() => ask<{ one_time_password: string }>(`${path}/reset`, { method: "POST" }));
    if (given) await showOnce(name, given.one_time_password);
    await table.reload();
  };
  const end = async () => {
    await telling(async () => {
      await ask(`${path}/sessions`, { method: "DELETE" });
      tell(t("accounts.ended", { name }));
    });
  };
  const show = () => notice(s("sessions.of", { name }), signedInLists(path));
  const clear = async () => {
    if ((await question({ title: s("factor.reset"), text: s("factor.reset_text"), confirm: s("factor.reset"), danger: true })) === null) return;
    await telling(async () => {
      await ask(`${path}/second-factor`, { method: "DELETE" });
      tell(s("factor.reset_done", { name }));
    });
  };
  const roles = async () => {
    if (await changeRoles(account)) await table.reload();
  };
  const roleButton = button(t("account.roles"), roles);
  if (!may("accounts")) return [roleButton];
  return [roleButton, button(account.disabled ? t("account.enable") : t("account.disable"), toggle), button(t("account.reset"), reset), button(s("show"), show), button(t("account.end"), end), button(s("factor.reset"), clear)];
}
