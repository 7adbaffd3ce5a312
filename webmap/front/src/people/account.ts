// The account of a person of the register: whether there is one, and making, tying and untying it.
import { ask } from "../api";
import { p } from "../i18n/people";
import { may } from "../pagedata";
import { notice, question } from "../ui/dialog";
import { h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { moment } from "../ui/format";
import { tell, telling } from "../ui/toast";
import type { OfficerCard } from "./wire";
import { officerPath } from "./wire";

interface Made {
  account: string;
  one_time_password: string;
}

/** Give the section; `again` is called when the card no longer tells the truth. */
export function accountSection(officer: OfficerCard, again: () => void): HTMLElement {
  return h("section", { class: "officer-account" }, h("h3", {}, p("account.title")), ...(officer.account ? known(officer, officer.account, again) : none(officer, again)));
}

function known(officer: OfficerCard, account: NonNullable<OfficerCard["account"]>, again: () => void): HTMLElement[] {
  const state = account.disabled ? ["bad", "account.disabled"] : account.must_change ? ["warn", "account.must_change"] : ["good", "account.active"];
  const untie = async () => {
    if ((await question({ title: p("account.untie_title", { name: officer.name }), text: p("account.untie_text"), confirm: p("account.untie"), danger: true })) === null) return;
    const done = await telling(async () => (await ask(officerPath(officer.id, "account"), { method: "DELETE" }), true));
    if (done) again();
  };
  return [
    h(
      "p",
      { class: "row" },
      h("strong", {}, account.name),
      h("span", { class: `chip ${state[0]}` }, p(state[1] as "account.active")),
      h("span", { class: "muted small" }, account.last_seen ? p("account.seen", { at: moment(account.last_seen) }) : p("account.never")),
      officer.may_account ? h("button", { type: "button", class: "link", onclick: () => void untie() }, p("account.untie")) : null,
    ),
    h("p", { class: "muted small" }, p("account.by_post")),
  ];
}

function none(officer: OfficerCard, again: () => void): HTMLElement[] {
  if (!may("accounts") || !officer.may_account) return [h("p", { class: "muted" }, p("account.none"))];
  const path = officerPath(officer.id, "account");
  const make = async () => {
    const made = await telling(() => ask<Made>(path, { method: "POST", body: {} }));
    if (!made) return;
    await notice(p("account.once_title", { name: officer.name }), h("p", {}, p("account.once_text", { account: made.account })), h("pre", { class: "command once" }, made.one_time_password));
    again();
  };
  const tie = async () => {
    const name = h("input", { required: true, maxlength: 80, autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const done = await formDialog(p("account.tie_title", { name: officer.name }), [h("p", { class: "muted" }, p("account.tie_text")), field(p("account.name"), name)], () => ask<{ account: string }>(path, { method: "PUT", body: { name: name.value } }));
    if (!done) return;
    tell(p("account.tied", { account: done.account }));
    again();
  };
  return [
    h("p", { class: "muted" }, p("account.none")),
    h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => void make() }, p("account.make")), h("button", { type: "button", class: "link", onclick: () => void tie() }, p("account.tie"))),
  ];
}
