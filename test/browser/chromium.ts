/** Starts the Chromium of the system with Playwright. Without one, the browser tests are skipped with a message. */
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

export const executable = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((each): each is string => each !== undefined && existsSync(each));

if (!executable)
  console.warn(
    "No Chromium found, so the browser tests are skipped. Install it (apt-get install chromium) or set CHROMIUM to its path.",
  );

export function launch(): Promise<Browser> {
  if (!executable)
    throw new Error("No Chromium found. Install it (apt-get install chromium) or set CHROMIUM to its path.");
  return chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page in a new profile, and `faults`: the errors and warnings that the browser logs. Tests expect none. */
export async function openPage(browser: Browser): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(8000);
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  return { page, faults };
}
