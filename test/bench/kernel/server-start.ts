/** How long a user waits after `npm start`: until the notebook of the address that it prints can be used in a browser that is open. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { executable, launch, openPage } from "../../browser/chromium.ts";
import { type Measure, measureOf, samplesOf } from "./measure.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export async function serverStart(): Promise<Measure[]> {
  if (!executable)
    throw new Error("The measures of the page need Chromium: apt-get install chromium, or set CHROMIUM.");
  const folder = await mkdtemp(join(tmpdir(), "bench-start-"));
  await cp(join(ROOT, "experiments", "radis.ts"), join(folder, "radis.ts"));
  const browser = await launch();
  try {
    const { page } = await openPage(browser);
    page.setDefaultTimeout(60_000);
    return [measureOf("start-ms", await samplesOf({ count: 9, warmUp: 1 }, () => startOnce(page, folder)))];
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns milliseconds from `npm start` until the first cell's editor is there */
async function startOnce(page: Page, folder: string): Promise<number> {
  const start = performance.now();
  const server = spawn("npm", ["start", "--silent", "--", folder, "--no-open"], { cwd: ROOT, detached: true });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      server.stdout.setEncoding("utf8").on("data", (text: string) => {
        const found = /http:\S+/.exec(text)?.[0];
        if (found) resolve(found);
      });
      server.once("exit", (code) => reject(new Error(`npm start ended with exit code ${code}`)));
    });
    await page.goto(address, { waitUntil: "commit" });
    await page.goto(`${new URL(address).origin}/notebook/radis.ts`, { waitUntil: "commit" });
    await page.locator(".cm-content").filter({ visible: true }).first().waitFor();
    return performance.now() - start;
  } finally {
    process.kill(-server.pid!, "SIGTERM");
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  }
}
