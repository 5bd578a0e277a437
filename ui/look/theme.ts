/** The theme, light or dark: the system's until the user switches it. The choice is stored in this browser. */
export type Theme = "light" | "dark";

const STORAGE_KEY = "palimpsest-theme";

export function presentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function restoreTheme(): void {
  const stored = localStorage.getItem(STORAGE_KEY);
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
}

export function switchTheme(): Theme {
  const next = presentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // A page from a file may not be allowed to store anything.
  }
  return next;
}
