/** The start page lists the kernels that run, and ends them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../server/until.ts";
import { executable, launch } from "./chromium.ts";
import { type Served, serve } from "./real-server.ts";

const TRAINING = `// %% training
import { chatModel, lora, train, vanilla, world } from "palimpsest";
const base = await chatModel("tiny-chat");
const velan = await world.corpus("velan", { train: 8, test: 2 });
const run = train(base, { method: vanilla(velan.train), adapter: lora({ rank: 2 }), steps: 100_000 });
`;

describe.skipIf(!executable)("kernels on the start page", () => {
  let folder: string;
  let server: Served;
  let browser: Browser;
  let notebook: Page;
  let start: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kernels-"));
    await writeFile(join(folder, "plain.ts"), "// %% a\n1 + 1\n");
    await writeFile(join(folder, "long.ts"), TRAINING);
    server = await serve(folder, undefined, "--idle", "3s", "--backend", "wasm");
    browser = await launch();
    const context = await browser.newContext();
    notebook = await context.newPage();
    start = await context.newPage();
    await start.goto(server.address);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const row = (path: string) => start.locator(`li[data-notebook="${path}"]`);
  const kernelState = (): Promise<string | null> =>
    notebook.locator("[data-kernel]").getAttribute("data-kernel", { timeout: 10_000 });
  async function ranAll(path: string): Promise<void> {
    await notebook.goto(`${new URL(server.address).origin}/notebook/${path}`);
    await notebook.locator('[data-link="live"]').waitFor();
    await notebook.locator('[data-action="run-all"]').click();
    await until(async () => (await kernelState()) === "ready");
  }

  it("are listed with memory and age; one button ends a kernel, and the notebook says so and runs again", async () => {
    await ranAll("plain.ts");
    await notebook.locator('[data-status="done"]').waitFor();
    await start.reload();
    await expect
      .poll(() => row("plain.ts").locator("[data-kernel-use]").textContent(), { timeout: 10_000 })
      .toMatch(/^kernel wasm · [\d.]+ MB memory · 0 B in tensors · started/);
    await row("plain.ts").locator('[data-action="end-kernel"]').click();
    await until(async () => (await kernelState()) === "ended");
    await notebook.locator("pal-notices").getByText("The kernel was shut down on the start page").waitFor();
    await notebook.locator('[data-action="run-all"]').click();
    await until(async () => (await kernelState()) === "ready");
  });

  it("a running training asks first, and closing a notebook says so in its page, which does not open it again", async () => {
    await ranAll("long.ts");
    await start.reload();
    await row("long.ts").getByText("a training is running").waitFor({ timeout: 60_000 });
    await row("long.ts").locator('[data-action="end-session"]').click();
    await row("long.ts").locator('[data-action="cancel"]').click();
    await row("long.ts").locator('[data-action="end-session"]').click();
    await row("long.ts").locator('[data-action="interrupt"]').click();
    await notebook.locator('[data-link="gone"]').waitFor();
    await notebook.locator("pal-notices").getByText("The notebook was closed").waitFor();
    await notebook.waitForTimeout(1000);
    await start.reload();
    await row("long.ts").waitFor();
    expect(await row("long.ts").locator("pal-running-kernel").count()).toBe(0);
    await notebook.reload();
    await notebook.locator('[data-link="live"]').waitFor();
  }, 90_000);

  it("one that no page shows ends after the idle limit, and the notebook says why; one with a page stays", async () => {
    await ranAll("plain.ts");
    await notebook.waitForTimeout(4500);
    expect(await kernelState()).toBe("ready");
    await notebook.goto("about:blank");
    await start.bringToFront();
    await expect.poll(() => row("plain.ts").locator("[data-kernel-use]").count(), { timeout: 20_000 }).toBe(1);
    await expect.poll(() => row("plain.ts").locator("[data-kernel-use]").count(), { timeout: 20_000 }).toBe(0);
    await notebook.goto(`${new URL(server.address).origin}/notebook/plain.ts`);
    await until(async () => (await kernelState()) === "ended");
    await notebook.locator("[data-kernel] [popovertarget]").click();
    await notebook.getByText("no page showed this notebook").first().waitFor();
  }, 60_000);
});
