// What every page has: the theme and language switches, the sign-out button, menus that close by themselves.
import { ask } from "./api";
import { wireBell } from "./issues/bell";
import { telling } from "./ui/toast";

export const THEME_CHANGED = "themechanged";

function setTheme(theme: string): void {
  document.documentElement.dataset["theme"] = theme;
  document.dispatchEvent(new CustomEvent(THEME_CHANGED));
}

function wireTheme(): void {
  document.querySelectorAll("[data-action=theme]").forEach((button) =>
    button.addEventListener("click", () => {
      const next = document.documentElement.dataset["theme"] === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("theme", next);
      } catch {
        // A browser that keeps nothing still switches for this page.
      }
      setTheme(next);
    }),
  );
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (!chosenTheme()) setTheme(event.matches ? "dark" : "light");
  });
}

function chosenTheme(): string | null {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

function wireLanguage(): void {
  document.querySelectorAll<HTMLElement>("[data-action=language]").forEach((button) =>
    button.addEventListener("click", () =>
      telling(async () => {
        await ask("/api/language", { method: "POST", body: { lang: button.dataset["lang"] } });
        location.reload();
      }),
    ),
  );
}

function wireSignOut(): void {
  document.querySelector("[data-action=signout]")?.addEventListener("click", () =>
    telling(async () => {
      await ask("/api/session", { method: "DELETE" });
      location.assign("/signin");
    }),
  );
}

function wireMenus(): void {
  const menus = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");
  document.addEventListener("click", (event) =>
    menus().forEach((menu) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    }),
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  });
}

/** Bring the shell of the page to life; every page calls it first. */
export function startShell(): void {
  wireTheme();
  wireLanguage();
  wireSignOut();
  wireMenus();
  wireBell();
}
