// Changing the password; after a one-time password this page comes before any other.
import { ask, sentence } from "../api";
import { t } from "../i18n/index";
import { startShell } from "../shell";
import { need } from "../ui/dom";

const LEAST_CHARACTERS = 10;
const form = need<HTMLFormElement>("#password");
const error = need("#password-error");
const button = need<HTMLButtonElement>("#password button[type=submit]");

function say(words: string): void {
  error.textContent = words;
  error.hidden = words === "";
}

function fault(old: string, fresh: string, again: string): string {
  if (!old || !fresh) return t("password.missing");
  if ([...fresh].length < LEAST_CHARACTERS) return t("password.short", { n: LEAST_CHARACTERS });
  if (fresh !== again) return t("password.differ");
  return "";
}

async function change(): Promise<void> {
  const data = new FormData(form);
  const [old, fresh, again] = ["old", "new", "again"].map((name) => String(data.get(name) ?? "")) as [string, string, string];
  const wrong = fault(old, fresh, again);
  say(wrong);
  if (wrong) return;
  button.disabled = true;
  try {
    await ask("/api/password", { method: "POST", body: { old, new: fresh } });
    // Who reads the audit and nothing else begins there.
    const { rights } = await ask<{ rights: string[] }>("/api/me");
    location.assign(rights.includes("see") ? "/map" : "/audit");
  } catch (refused) {
    say(sentence(refused));
    button.disabled = false;
  }
}

startShell();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void change();
});
