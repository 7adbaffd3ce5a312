// The sign-in page: a refusal is told under the fields, a pause is counted down where the button is. A device that
// stays signed in is let in without a word; the code of a second factor is asked for once the password was right.
import { ApiError, ask, safeNext, sentence } from "../api";
import { t } from "../i18n/index";
import { pageData } from "../pagedata";
import { s } from "../i18n/security";
import { deviceName } from "../security/device";
import { returned, wayButtons, ways, type Returned } from "../security/outside";
import { startShell } from "../shell";
import { need } from "../ui/dom";

interface SignedIn {
  account: { must_change: boolean; must_enrol: boolean };
  next?: string;
  /** The page wanted before a platform was gone to. */
  wanted?: string;
}

const form = need<HTMLFormElement>("#signin");
const error = need("#signin-error");
const code = need("#signin-code");
const button = need<HTMLButtonElement>("#signin button[type=submit]");
const label = button.textContent ?? "";
const page = new URLSearchParams(location.search).get("next");
// Which platform said who it is, while the digits of a second factor are still to be typed.
let verified = "";

function say(words: string): void {
  error.textContent = words;
  error.hidden = words === "";
}

function pause(seconds: number): void {
  button.disabled = seconds > 0;
  button.textContent = seconds > 0 ? t("signin.wait", { seconds }) : label;
  if (seconds > 0) window.setTimeout(() => pause(seconds - 1), 1000);
}

function goOn({ account, next, wanted }: SignedIn): void {
  location.assign(account.must_change ? "/password" : account.must_enrol ? "/security" : safeNext(page || wanted || next));
}

async function signIn(): Promise<void> {
  if (verified) return byPlatform({ kind: verified, factor: String(new FormData(form).get("code") ?? "") });
  const data = new FormData(form);
  const [name, password, digits] = ["name", "password", "code"].map((key) => String(data.get(key) ?? "").trim()) as [string, string, string];
  const typed = String(data.get("password") ?? "");
  if (!name || !password) return say(t("signin.missing"));
  say("");
  button.disabled = true;
  button.textContent = t("working");
  try {
    const body = { name, password: typed, ...(digits ? { code: digits } : {}) };
    const entered = await ask<SignedIn>("/api/session", { method: "POST", body });
    const { must_change, must_enrol } = entered.account;
    // A refusal is no fault here: one is signed in, and the next time asks for the password again.
    if (data.get("keep") && !must_change && !must_enrol) await ask("/api/devices", { method: "POST", body: { name: deviceName() } }).catch(() => undefined);
    goOn(entered);
  } catch (refused) {
    const what = refused instanceof ApiError ? refused.code : "";
    say(sentence(refused));
    pause(refused instanceof ApiError && what === "session.wait" ? Number(refused.values["seconds"] ?? 5) : 0);
    const wrong = what === "session.code_needed" || what === "session.bad_code" ? "code" : "password";
    if (wrong === "code") code.hidden = false;
    form.querySelector<HTMLInputElement>(`[name=${wrong}]`)?.select();
  }
}

// The way back from a platform: its code is sent on; where the account has a second factor, its digits come next.
async function byPlatform(sent: Returned | { kind: string; factor: string }): Promise<void> {
  say("");
  button.disabled = true;
  button.textContent = s("outside.going");
  try {
    goOn(await ask<SignedIn>("/api/session/outside", { method: "POST", body: sent }));
  } catch (refused) {
    const what = refused instanceof ApiError ? refused.code : "";
    const digits = what === "session.code_needed" || what === "session.bad_code";
    if (digits) askDigits(sent.kind);
    else backToPassword();
    say(what === "session.code_needed" ? s("outside.factor") : sentence(refused));
    pause(refused instanceof ApiError && what === "session.wait" ? Number(refused.values["seconds"] ?? 5) : 0);
  }
}

const others = () => ["name", "password", "keep"].map((name) => form.querySelector(`[name=${name}]`)?.closest<HTMLElement>("label"));

function askDigits(kind: string): void {
  verified = kind;
  others().forEach((one) => one && (one.hidden = true));
  code.hidden = false;
  form.querySelector<HTMLInputElement>("[name=code]")?.select();
}

function backToPassword(): void {
  verified = "";
  others().forEach((one) => one && (one.hidden = false));
}

async function offerPlatforms(): Promise<void> {
  const found = await ways();
  if (found.length === 0) return;
  const box = document.createElement("div");
  box.className = "ways";
  box.append(...wayButtons(found, page, say));
  form.after(box);
}

startShell();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});
form.querySelector<HTMLInputElement>("[name=name]")?.focus();
const back = returned();
if (back) void byPlatform(back);
else if (pageData.device) ask<SignedIn>("/api/session/device", { method: "POST" }).then(goOn, () => undefined);
void offerPlatforms().catch(() => undefined);
