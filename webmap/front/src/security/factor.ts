// Setting up the second factor: the password once more, a QR code, the first six digits, and codes to write down.
import { ask, sentence } from "../api";
import { t } from "../i18n/index";
import { s } from "../i18n/security";
import { notice } from "../ui/dialog";
import { fill, h } from "../ui/dom";
import { moment } from "../ui/format";
import { telling } from "../ui/toast";

interface State {
  required: boolean;
  enrolled_at: string | null;
  recovery_left: number;
}

interface Offered {
  secret: string;
  qr: { size: number; path: string };
}

const SVG = "http://www.w3.org/2000/svg";
const PATH = "/api/second-factor";

/** Give the section; it shows how the account stands, and leads through setting up, changing and removing. */
export function factorSection(): HTMLElement {
  const body = h("div", { class: "stack" });
  const show = () => telling(async () => fill(body, ...standing(await ask<State>(PATH), body, show)));
  void show();
  return h("section", { id: "second-factor" }, h("h2", {}, s("factor.title")), body);
}

function standing(state: State, body: HTMLElement, again: () => unknown): HTMLElement[] {
  const on = state.enrolled_at !== null;
  const words = on ? s("factor.on", { at: moment(state.enrolled_at), n: state.recovery_left }) : s("factor.none");
  const begin = () => fill(body, proof(on, async (given) => fill(body, enrol(await ask<Offered>(PATH, { method: "POST", body: given }), again))));
  const leave = () => fill(body, proof(on, async (given) => (await ask(PATH, { method: "DELETE", body: given }), void again())));
  const button = (label: string, act: () => void, primary = false) =>
    h("button", { type: "button", class: primary ? "button primary" : "button", onclick: act }, label);
  return [
    h("p", {}, words),
    state.required && !on ? h("p", { class: "notice" }, s("factor.required")) : h("span", {}),
    h("div", { class: "row" }, button(on ? s("factor.change") : s("factor.begin"), begin, !on), on && !state.required ? button(s("factor.remove"), leave) : null),
  ];
}

/** Ask for what proves that it is the owner; `send` gets it, and throws what is wrong. */
function proof(withCode: boolean, send: (given: Record<string, string>) => Promise<void>): HTMLElement {
  const password = h("input", { type: "password", autocomplete: "current-password", required: true, maxlength: 200 });
  const code = h("input", { autocomplete: "one-time-code", maxlength: 60, spellcheck: "false", autocapitalize: "none" });
  const fields = [field(s("factor.password"), password), withCode ? field(s("factor.code_now"), code) : null];
  return form(fields, t("save"), () => send(withCode ? { password: password.value, code: code.value } : { password: password.value }));
}

function enrol({ secret, qr }: Offered, again: () => unknown): HTMLElement {
  const code = h("input", { autocomplete: "one-time-code", inputmode: "numeric", required: true, maxlength: 7 });
  const spaced = secret.replace(/(.{4})(?=.)/g, "$1 ");
  const confirm = async () => {
    const { recovery_codes } = await ask<{ recovery_codes: string[] }>(`${PATH}/confirm`, { method: "POST", body: { code: code.value } });
    await notice(s("factor.codes_title"), h("p", {}, s("factor.codes_text")), h("pre", { class: "command codes" }, recovery_codes.join("\n")));
    again();
  };
  return h(
    "div",
    { class: "stack" },
    h("p", {}, s("factor.scan")),
    qrImage(qr),
    h("p", {}, s("factor.secret"), "：", h("code", { class: "secret" }, spaced)),
    form([field(s("factor.first"), code)], t("save"), confirm),
  );
}

function qrImage({ size, path }: Offered["qr"]): Element {
  const svg = document.createElementNS(SVG, "svg");
  const values = { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": s("factor.qr"), "shape-rendering": "crispEdges" };
  for (const [name, value] of Object.entries(values)) svg.setAttribute(name, value);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}

function field(words: string, input: HTMLElement): HTMLElement {
  return h("label", { class: "field" }, h("span", {}, words), input);
}

function form(fields: (HTMLElement | null)[], label: string, send: () => Promise<void>): HTMLElement {
  const error = h("p", { class: "form-error", role: "alert", hidden: true });
  const submit = h("button", { type: "submit", class: "button primary" }, label);
  const made = h("form", { novalidate: true, class: "stack narrow" }, ...fields, error, h("div", { class: "row" }, submit));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await send();
    } catch (refused) {
      error.textContent = sentence(refused);
      error.hidden = false;
    }
    submit.disabled = false;
  });
  return made;
}
