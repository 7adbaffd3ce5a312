// The platforms that people may sign in by, as the county sets them; a secret goes in and never comes back.
import { ask } from "../api";
import { a } from "../i18n/accounts";
import type { AccountsKey } from "../i18n/accounts_zh";
import { fill, h } from "../ui/dom";
import { field, formDialog } from "../ui/formdialog";
import { tell, telling } from "../ui/toast";

interface Provider {
  kind: string;
  site: string;
  client_id: string;
  agent_id: string;
  app_key: string;
  name: string;
  ask: string;
  authorize_url: string;
  inside_url: string;
  api_url: string;
  secret_env: string;
  internal: boolean;
  secret_found?: boolean;
  sealed?: boolean;
}

interface Configured {
  items: Provider[];
  kinds: { kind: string; name: string }[];
}

const PATH = "/api/sign-in-providers";

/** Give the section that lists the platforms and sets them. */
export function platformSection(): HTMLElement {
  const body = h("div", { class: "stack" });
  const show = (found: Configured) => fill(body, ...standing(found, show));
  void telling(async () => show(await ask<Configured>(PATH)));
  return h("section", { class: "panel stack" }, h("h2", {}, a("platform.title")), h("p", { class: "muted" }, a("platform.text")), body);
}

function standing({ items, kinds }: Configured, show: (found: Configured) => void): HTMLElement[] {
  const change = async (kind: string, name: string) => {
    const known = items.find((one) => one.kind === kind) ?? null;
    const saved = await formDialog(name, ...editor(kind, known, (one) => save([...items.filter((other) => other.kind !== kind), one])));
    if (!saved) return;
    tell(a("platform.saved"));
    show(saved);
  };
  const remove = async (kind: string) => {
    const left = await telling(() => save(items.filter((one) => one.kind !== kind)));
    if (left) show(left);
  };
  const row = ({ kind, name }: Configured["kinds"][number]) => {
    const known = items.find((one) => one.kind === kind);
    if (!known) return h("li", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => void change(kind, name) }, a("platform.add", { name })));
    return h(
      "li",
      { class: "row" },
      h("strong", {}, known.name),
      h("span", { class: "muted small" }, known.api_url),
      known.secret_found ? null : h("span", { class: "chip warn" }, a("platform.no_secret")),
      h("button", { type: "button", class: "link", onclick: () => void change(kind, name) }, a("platform.add", { name })),
      h("button", { type: "button", class: "link", onclick: () => void remove(kind) }, a("platform.remove", { name })),
    );
  };
  return [h("ul", { class: "plain-list" }, ...kinds.map(row))];
}

function save(items: Provider[]): Promise<Configured> {
  const plain = items.map(({ secret_found: _found, sealed: _sealed, ...one }) => one);
  return ask<Configured>(PATH, { method: "PUT", body: { items: plain } });
}

type Editor = [(HTMLElement | null)[], () => Promise<Configured>];

function editor(kind: string, known: Provider | null, send: (one: Provider) => Promise<Configured>): Editor {
  const text = (value: string, more: Record<string, string> = {}) => h("input", { value, maxlength: 200, autocomplete: "off", spellcheck: "false", ...more });
  const inputs = {
    site: text(known?.site ?? location.origin),
    client_id: text(known?.client_id ?? ""),
    agent_id: text(known?.agent_id ?? ""),
    app_key: text(known?.app_key ?? ""),
    secret: text("", { type: "password", autocomplete: "new-password", placeholder: known?.sealed ? a("platform.secret_kept") : "" }),
    secret_env: text(known?.secret_env ?? ""),
    ask: text(known?.ask ?? "", { maxlength: "60" }),
    authorize_url: text(known?.authorize_url ?? ""),
    api_url: text(known?.api_url ?? ""),
  };
  const internal = h("input", { type: "checkbox", checked: known?.internal ?? false });
  const of = (name: keyof typeof inputs, words: AccountsKey = `platform.${name}` as AccountsKey) => field(a(words), inputs[name]);
  const fields = [
    of("site"),
    of("client_id", `platform.client_id.${kind}` as AccountsKey),
    kind === "wecom" ? of("agent_id") : null,
    kind === "zhengwu" ? of("app_key") : null,
    of("secret"),
    of("secret_env"),
    of("ask"),
    h("details", {}, h("summary", {}, a("platform.more")), of("authorize_url"), of("api_url"), h("label", { class: "check" }, internal, h("span", {}, a("platform.internal")))),
  ];
  const read = () => Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value.trim()]));
  const one = () => ({ ...read(), kind, name: known?.name ?? "", inside_url: known?.inside_url ?? "", internal: internal.checked }) as unknown as Provider;
  return [fields, () => send(one())];
}
