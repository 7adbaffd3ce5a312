// The accounts: who may sign in, for which ground; new ones, one-time passwords, disabling, ending sessions.
import { ask } from "../api";
import { changeRoles, createAccount, showOnce } from "../accounts/create";
import { chiefAccounts } from "../accounts/chiefs";
import { platformSection } from "../accounts/platforms";
import { a, roleName } from "../i18n/accounts";
import { t } from "../i18n/index";
import { s } from "../i18n/security";
import { may } from "../pagedata";
import { signedInLists } from "../security/lists";
import { platformsOf } from "../security/outside";
import { startShell } from "../shell";
import { notice, question } from "../ui/dialog";
import { fill, h, need } from "../ui/dom";
import { moment } from "../ui/format";
import { icon } from "../ui/icons";
import { pagedTable } from "../ui/paged";
import { tell, telling } from "../ui/toast";
import type { Account } from "../wire";

startShell();

const columns = [t("col.account"), t("col.roles"), t("col.state"), t("col.last_seen"), t("col.actions")];
const table = pagedTable<Account>({ path: "/api/accounts", columns, row, empty: a("accounts.empty"), caption: a("accounts.caption") });
const create = h("button", { type: "button", class: "button primary" }, icon("plus"), a("accounts.create"));
create.addEventListener("click", async () => {
  if (await createAccount()) await table.reload();
});
const more = h("div", { class: "stack" });
need("#content").append(h("div", { class: "row page-actions" }, ...pageActions()), more, table.element);

function pageActions(): HTMLElement[] {
  const opens = (words: string, make: () => HTMLElement) => {
    const button = h("button", { type: "button", class: "button", "aria-expanded": "false" }, words);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      fill(more, open ? null : make());
      document.querySelectorAll(".page-actions [aria-expanded]").forEach((one) => one.setAttribute("aria-expanded", String(one === button && !open)));
    });
    return button;
  };
  return [
    ...(may("accounts") ? [create, opens(a("chiefs.button"), () => chiefAccounts(() => void table.reload()))] : []),
    ...(may("settings") ? [opens(a("platform.button"), platformSection)] : []),
  ];
}

function row(account: Account): HTMLTableRowElement {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("div", {}, account.display_name), h("div", { class: "muted small" }, account.name)),
    h("td", {}, ...account.roles.map((one) => roleLine(one)), ...account.posts.map((one) => roleLine(one, a("account.by_post"))), personLink(account)),
    h("td", { class: "nowrap" }, stateChip(account)),
    h("td", { class: "nowrap" }, moment(account.last_seen)),
    h("td", {}, h("div", { class: "row" }, ...actions(account))),
  );
}

function roleLine({ role, scope_name }: Account["roles"][number], why = ""): HTMLElement {
  return h("div", { title: why || null }, roleName(role), " ", h("span", { class: "muted" }, scope_name || a("account.everywhere")));
}

function personLink({ officer_id }: Account): HTMLElement | null {
  if (!officer_id || !may("officers")) return null;
  return h("a", { class: "small", href: `/people#${encodeURIComponent(officer_id)}` }, a("account.officer"));
}

function stateChip({ disabled, must_change }: Account): HTMLElement {
  if (disabled) return h("span", { class: "chip bad" }, a("account.disabled"));
  if (must_change) return h("span", { class: "chip warn" }, a("account.must_change"));
  return h("span", { class: "chip good" }, a("account.active"));
}

function actions(account: Account): HTMLElement[] {
  const path = `/api/accounts/${encodeURIComponent(account.id)}`;
  const button = (words: string, act: () => Promise<void>) =>
    h("button", { type: "button", class: "link nowrap", onclick: () => void act() }, words);
  const name = account.display_name;
  const toggle = async () => {
    const sure = account.disabled || (await question({ title: a("accounts.disable_title", { name }), text: a("accounts.disable_text"), confirm: a("account.disable"), danger: true })) !== null;
    if (!sure) return;
    await telling(() => ask(path, { method: "PATCH", body: { disabled: !account.disabled } }));
    await table.reload();
  };
  const reset = async () => {
    const sure = await question({ title: a("accounts.reset_title", { name }), text: a("accounts.reset_text"), confirm: a("account.reset") });
    if (sure === null) return;
    const given = await telling(() => ask<{ one_time_password: string }>(`${path}/reset`, { method: "POST" }));
    if (given) await showOnce(name, given.one_time_password);
    await table.reload();
  };
  const end = async () => {
    await telling(async () => {
      await ask(`${path}/sessions`, { method: "DELETE" });
      tell(a("accounts.ended", { name }));
    });
  };
  const show = () => notice(s("sessions.of", { name }), signedInLists(path), platformsOf(path));
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
  const roleButton = button(a("account.roles"), roles);
  if (!may("accounts")) return [roleButton];
  return [roleButton, button(account.disabled ? a("account.enable") : a("account.disable"), toggle), button(a("account.reset"), reset), button(s("show"), show), button(a("account.end"), end), button(s("factor.reset"), clear)];
}
