// The sign-in page: a refusal is told under the fields, a pause is counted down where the button is.
import { ApiError, ask, safeNext, sentence } from "../api";
import { t } from "../i18n/index";
import { startShell } from "../shell";
import { need } from "../ui/dom";

interface SignedIn {
  account: { must_change: boolean };
  next?: string;
}

const form = need<HTMLFormElement>("#signin");
const error = need("#signin-error");
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

async function signIn(): Promise<void> {
  const data = new FormData(form);
  const name = String(data.get("name") ?? "").trim();
  const password = String(data.get("password") ?? "");
  if (!name || !password) return say(t("signin.missing"));
  say("");
  button.disabled = true;
  button.textContent = t("working");
  try {
    const { account, next } = await ask<SignedIn>("/api/session", { method: "POST", body: { name, password } });
    const wanted = new URLSearchParams(location.search).get("next") ?? next;
    location.assign(account.must_change ? "/password" : safeNext(wanted));
  } catch (refused) {
    say(sentence(refused));
    pause(refused instanceof ApiError && refused.code === "session.wait" ? Number(refused.values["seconds"] ?? 5) : 0);
    form.querySelector<HTMLInputElement>("[name=password]")?.select();
  }
}

startShell();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn();
});
form.querySelector<HTMLInputElement>("[name=name]")?.focus();
