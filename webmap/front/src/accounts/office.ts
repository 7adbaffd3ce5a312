// Which office an account belongs to: asked for once the role of an office's staff is among its roles.
import { ask } from "../api";
import { a } from "../i18n/accounts";
import { h } from "../ui/dom";
import { field } from "../ui/formdialog";
import { tellError } from "../ui/toast";
import type { Page } from "../wire";

export const OFFICE_STAFF = "office_staff";

interface Office {
  id: string;
  name: string;
}

export interface OfficePick {
  element: HTMLElement;
  value: () => string;
}

/** Give the choice of an office, beginning with the one there is; it is hidden where the county has none. */
export function officePick(now: string | null): OfficePick {
  const none = h("option", { value: "" }, a("account.no_office"));
  const select = h("select", {}, none);
  const element = field(a("account.office"), select);
  element.hidden = true;
  void ask<Page<Office>>("/api/accounts/offices").then(({ items }) => {
    select.append(...items.map(({ id, name }) => h("option", { value: id, selected: id === now }, name)));
    element.hidden = items.length === 0 && !now;
  }, tellError);
  return { element, value: () => select.value };
}
