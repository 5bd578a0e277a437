/**
 * Takes the README's screenshot, experiments/radis.png: it runs radis.ts with its defaults, in a real browser with the real
 * server on a copy of the experiments, and takes the picture when both trainings have done about two thirds of their steps
 * and the probes of step 200 are shown. It trains, so it takes minutes.
 *
 *     npx tsx test/browser/screenshot.ts [--dark] [picture.png]
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launch, openPage } from "./chromium.ts";
import { serve } from "./real-server.ts";

const minutes = 60_000;
const root = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({ options: { dark: { type: "boolean" } }, allowPositionals: true });
const picture = positionals[0] ?? join(root, "experiments", "radis.png");

/**
 * Runs the notebook twice. The first time vanilla is far ahead of RaDis, because it does not wait for the rationales. The
 * rationales are cached, so the second time both trainings start together.
 */
async function trainTwoThirds(page: Page): Promise<void> {
  const runAll = page.locator('[data-action="run-all"]');
  await runAll.click();
  await page
    .locator("[data-run]")
    .nth(1)
    .waitFor({ timeout: 15 * minutes });
  await runAll.click();
  // The earlier runs are shown as stopped until the new ones start.
  const bars = page.locator(":is([data-run-status=running], [data-run-status=done]) [role=progressbar]");
  for (const end = Date.now() + 20 * minutes; ; await page.waitForTimeout(500)) {
    const shares = await bars.evaluateAll((all) =>
      all.map((bar) => Number(bar.getAttribute("aria-valuenow")) / Number(bar.getAttribute("aria-valuemax"))),
    );
    if (shares.length === 2 && shares.every((share) => share >= 0.7)) return;
    if (Date.now() > end) throw new Error("The trainings did not reach two thirds of their steps within 20 minutes.");
  }
}

const folder = await mkdtemp(join(tmpdir(), "palimpsest-"));
const browser = await launch();
try {
  await cp(join(root, "experiments"), folder, { recursive: true, filter: (path) => basename(path) !== ".palimpsest" });
  const server = await serve(folder);
  try {
    const { page, faults } = await openPage(browser);
    await page.emulateMedia({ colorScheme: values.dark ? "dark" : "light" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(server.address);
    await page.locator('[data-notebook="radis.ts"] a').click();
    await page.locator('[data-link="live"]').waitFor();
    await trainTwoThirds(page);
    await page.mouse.move(2, 880);
    const knobs = page.locator('pal-cell[data-cell="knobs"]');
    await knobs.evaluate((cell) => scrollBy(0, cell.getBoundingClientRect().top - 64));
    await page.locator('pal-cell[data-cell="curves"] pal-plot').nth(3).locator("figure").waitFor();
    await page.waitForTimeout(1000);
    await page.screenshot({ path: picture });
    if (faults.length > 0) throw new Error(`The browser logged errors:\n${faults.join("\n")}`);
  } finally {
    await server.close();
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
