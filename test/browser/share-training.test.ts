/** A shared page that carries what runs its notebook: opened as a file without a network, it runs and verifies the record. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, folder, lastLine, notebook, palimpsest } from "../server/records/stage.ts";
import { executable, launch } from "./chromium.ts";

describe.skipIf(!executable)("a shared page with its training", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it("shows what was shown; runs in its place, verifies to the last bit, and shows again what was shown", async () => {
    const workspace = await folder("share-training");
    const { base, rest } = await notebook(workspace, 4);
    await files(workspace, { "n.ts": base + rest });
    const run = await palimpsest("run", join(workspace, "n.ts"), "--backend", "wasm", "--json");
    const { record } = lastLine(run) as { record: string };
    const file = join(workspace, "page.html");
    const exported = await palimpsest("export", record, "-o", file, "--include", "training", "--json");
    expect(exported.code).toBe(0);

    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(`file://${file}`);
    const shown = page.locator("main > section").first();
    await shown.waitFor();
    await page.getByRole("button", { name: "Verify here" }).click();
    await expect.poll(() => shown.isVisible()).toBe(false);
    const verdict = page.locator("[data-verdict]");
    await expect.poll(() => verdict.getAttribute("data-verdict"), { timeout: 60_000 }).toBe("identical");
    expect(await verdict.textContent()).toContain("all 4 steps");
    await page.getByRole("button", { name: "Close" }).filter({ visible: true }).click();
    await expect.poll(() => shown.isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  }, 120_000);
});
