// Sets light or dark before the first paint: the reader's own choice, else what the system prefers.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = (() => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  })();
  const apply = () => {
    document.documentElement.dataset["theme"] = chosen ?? (dark.matches ? "dark" : "light");
  };
  apply();
})();
