// The dialogs of the accounts page: a new account, another's roles, and a one-time password shown once.
import { ask } from "../api";
import { a } from "../i18n/accounts";
import { notice } from "../ui/dialog";
import { h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import type { Account } from "../wire";
import { officePick } from "./office";
import { rolesEditor } from "./roles";

interface Made {
  account: { display_name: string };
  one_time_password: string;
}

/** Ask for a new account and make it; true when one was made. */
export async function createAccount(): Promise<boolean> {
  const name = h("input", { required: true, maxlength: 80, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const display = h("input", { required: true, maxlength: 80, autocomplete: "off" });
  const roles = rolesEditor([]);
  const office = officePick(null);
  const made = await formDialog<Made>(
    a("accounts.create"),
    [field(a("account.name"), name), field(a("account.display_name"), display), roles.element, office.element],
    async () => {
      if (!name.value.trim() || !display.value.trim()) throw new Error(a("accounts.missing"));
      if (roles.value().length === 0) throw new Error(a("accounts.no_role"));
      const body = { name: name.value.trim(), display_name: display.value.trim(), roles: wire(roles.value()), ...(office.value() ? { office_id: office.value() } : {}) };
      return ask<Made>("/api/accounts", { method: "POST", body });
    },
  );
  if (made) await showOnce(made.account.display_name, made.one_time_password);
  return made !== null;
}

/** Ask which roles an account is to hold, and set them; true when they were set. */
export async function changeRoles(account: Account): Promise<boolean> {
  const roles = rolesEditor(account.roles);
  const office = officePick(account.office_id);
  const path = `/api/accounts/${encodeURIComponent(account.id)}`;
  const set = () => ask<Account>(path, { method: "PATCH", body: { roles: wire(roles.value()), office_id: office.value() } });
  return (await formDialog(a("accounts.roles_title", { name: account.display_name }), [roles.element, office.element], set)) !== null;
}

function wire(roles: Account["roles"]): { role: string; scope_id: string }[] {
  return roles.map(({ role, scope_id }) => ({ role, scope_id }));
}

/** Show a one-time password; it is kept nowhere and cannot be shown again. */
export function showOnce(name: string, password: string): Promise<void> {
  return notice(
    a("accounts.once_title", { name }),
    h("p", {}, a("accounts.once_text")),
    h("pre", { class: "command once" }, password),
  );
}
