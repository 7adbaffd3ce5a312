// The sign-in page: a refusal is told under the fields, a pause is counted down where the button is. A device that
// stays signed in is let in without a word; the code of a second factor is asked for once the password was right.
import { ApiError, ask, safeNext, sentence } from "../api";
import { t } from "../i18n/index";
import { pageData } from "../pagedata";
import { deviceName } from "../security/device";
import { startShell } from "../shell";
import { need } from "../ui/dom";

interface SignedIn {
  account: { must_change: boolean; must_enrol: boolean };
  next?: string;
}

const form = need<HTMLFormElement>("#signin");
const error = need("#signin-error");
const code = need("#signin-code");
const button = need<HTMLButtonElement>("#signin button[type=submit]");
const label = button.textContent ?? "";

function say(words: string): void {
  error.textContent = words;
  error.hidden = words === "";
}

function pause(seconds: number): void {
  button.disabled = seconds > 0;
  button.textContent = seconds > 0 ? t("signin.wait", { seconds }) : label;
  if (seconds > 0) window.setTimeout(() => pause(seconds - 1), 1000);
}

function goOn({ account, next }: SignedIn): void {
  const wanted = new URLSearchParams(location.search).get("next") ?? next;
  location.assign(account.must_change ? "/password" : account.must_enrol ? "/security" : safeNext(wanted));
}

async function signIn(): Promise<void> {
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

startShell();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});
form.querySelector<HTMLInputElement>("[name=name]")?.focus();
if (pageData.device) ask<SignedIn>("/api/session/device", { method: "POST" }).then(goOn, () => undefined);
