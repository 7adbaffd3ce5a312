// The roles of an account: rows of a role and the ground it holds on, to add to and take from.
import { t } from "../i18n/index";
import { a, roleName } from "../i18n/accounts";
import { makeSearch } from "../panel/search";
import { fill, h } from "../ui/dom";
import { icon } from "../ui/icons";
import type { RoleHeld } from "../wire";
import { OFFICE_STAFF } from "./office";

// A chief is one by post: that role is granted by nobody.
const ROLES = ["village_cadre", "town_cadre", "county_cadre", "leader", "field_worker", "reporter", OFFICE_STAFF, "read_only", "administrator", "security_admin", "audit_admin"];

export interface RolesEditor {
  element: HTMLElement;
  value: () => RoleHeld[];
}

/** Give the editor, beginning with the roles held. */
export function rolesEditor(held: RoleHeld[]): RolesEditor {
  let roles = [...held];
  let scope: { id: string; name: string } | null = null;
  const list = h("ul", { class: "role-list" });
  const role = h("select", { "aria-label": a("account.role") }, ...ROLES.map((value) => h("option", { value }, roleName(value))));
  const aimed = h("p", { class: "small" });
  const aim = (id: string, name: string) => {
    scope = { id, name };
    fill(aimed, a("account.scope_is", { name }));
  };
  const everywhere = h("button", { type: "button", class: "link", onclick: () => aim("", a("account.everywhere")) }, a("account.everywhere"));
  const add = h("button", { type: "button", class: "button" }, icon("plus"), a("account.add_role"));
  add.addEventListener("click", () => {
    if (!scope) return fill(aimed, h("span", { class: "bad-words" }, a("accounts.no_scope")));
    roles = [...roles, { role: role.value, scope_id: scope.id, scope_name: scope.name }];
    scope = null;
    fill(aimed);
    show();
  });
  const show = () =>
    fill(list, ...roles.map((one) => roleRow(one, () => ((roles = roles.filter((other) => other !== one)), show()))));
  show();
  const element = h(
    "fieldset",
    { class: "roles" },
    h("legend", {}, t("col.roles")),
    list,
    role,
    h("div", { class: "role-scope" }, makeSearch({}, ({ id, label }) => aim(id, label), "unit"), everywhere),
    aimed,
    add,
  );
  return { element, value: () => roles };
}

function roleRow({ role, scope_name }: RoleHeld, remove: () => void): HTMLElement {
  const words = a("account.take_role", { role: roleName(role), name: scope_name || a("account.everywhere") });
  return h(
    "li",
    { class: "row" },
    h("span", {}, roleName(role), " ", h("span", { class: "muted" }, scope_name || a("account.everywhere"))),
    h("button", { type: "button", class: "quiet", "aria-label": words, title: words, onclick: remove }, icon("close")),
  );
}
