/**
 * A sweep in a real browser with the real server: started from the knobs of a notebook, watched to its end, its tables and charts,
 * a failed entry that runs again, and one that is cancelled.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { executable } from "./chromium.ts";
import { type PageStage, pageStage } from "./page-stage.ts";

/** One entry fails until there is the file `fixed`; with rank 8, an entry waits forever. */
const notebookIn = (folder: string): string => `// %% [markdown]
// # Knobs

// %% knobs
import { existsSync } from "node:fs";
import { input, report } from "palimpsest";
const rank = input.range("rank", { value: 2, min: 1, max: 8, step: 1 });
const weight = input.number("weight", { value: 1 });
const tone = input.choice("tone", { options: ["plain", "warm"], value: "plain" });
const seed = input.number("seed", { value: 1 });

// %% result
if (rank === 4 && weight === 2 && seed === 2 && !existsSync(${JSON.stringify(join(folder, "fixed"))}))
  throw new Error("This one is broken.");
if (rank === 8) await new Promise((end) => setTimeout(end, 1e9));
report([
  { method: "base", chrf: 1, general: 5 },
  { method: tone, chrf: rank + weight * seed, general: 10 - rank },
]);
`;

/** What a user does in the dialog that starts a sweep. */
class Dialog {
  readonly root: Locator;

  constructor(page: Page) {
    this.root = page.locator("pal-start-sweep dialog");
  }

  readonly knob = (name: string): Locator => this.root.locator(`[data-knob=${name}]`);
  readonly values = async (name: string, text: string): Promise<void> => {
    await this.knob(name).locator("[name=way]").selectOption("lines");
    await this.knob(name).locator("[name=values]").fill(text);
  };
  readonly entries = (): Promise<string | null> => this.root.locator("[data-entries]").getAttribute("data-entries");
  readonly summary = (): Promise<string | null> => this.root.locator("[data-entries]").textContent();
  readonly start = (): Locator => this.root.locator("[data-action=start-sweep]");
}

describe.skipIf(!executable)("sweeps in the page", () => {
  let folder: string;
  let stage: PageStage;
  let page: Page;
  let faults: string[];
  let dialog: Dialog;

  beforeAll(async () => {
    stage = await pageStage(
      "sweeps-page",
      (folder) => writeFile(join(folder, "n.ts"), notebookIn(folder)),
      "--backend",
      "cpu",
    );
    ({ folder, page, faults } = stage);
    page.setDefaultTimeout(60_000);
    dialog = new Dialog(page);
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    faults.length = 0;
    await stage.go("/notebook/n.ts");
    await page.locator('[data-link="live"]').waitFor();
  });

  const action = (name: string): Locator => page.locator(`[data-action=${name}]`);
  const entry = (status: string): Locator => page.locator(`[data-entry][data-status=${status}]`);
  const result = (text: string): Locator => page.locator("[data-row]").filter({ hasText: text });
  const picture = async (name: string): Promise<void> => {
    const where = process.env.PALIMPSEST_PICTURES;
    if (where === undefined) return;
    for (const [size, width] of [
      ["wide", 1280],
      ["narrow", 390],
    ] as const)
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.waitForTimeout(300);
        await page.screenshot({ path: join(where, `${name}-${size}-${colorScheme}.png`), fullPage: name !== "dialog" });
      }
    await page.emulateMedia({ colorScheme: null });
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  it("starts from the knobs, is watched to its end, folds seeds, draws both charts, and runs a failed entry again", async () => {
    await action("run-all").click();
    await page.locator('pal-cell[data-cell="result"][data-status=done]').waitFor();
    await action("sweep").click();
    await page.locator("[data-entries='1']").waitFor();
    await dialog.values("rank", "2, 9");
    await dialog.knob("rank").getByText("9: it must be at most 8.").waitFor();
    expect(await dialog.start().isDisabled()).toBe(true);
    await dialog.knob("rank").locator("[name=values]").fill("2, 4");
    await dialog.values("weight", "0 2");
    await dialog.root.locator("[name=seeds]").fill("2");
    expect(await dialog.entries()).toBe("8");
    expect(await dialog.summary()).toContain("By the last run of its cells, an entry takes about");
    await dialog.root.locator("[name=jobs]").fill("2");
    await picture("dialog");
    await dialog.start().click();

    await page.locator("[data-active=yes]").waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("rank 2, 4 · weight 0, 2 · 2 seeds");
    await page.locator("[data-active=no]").waitFor({ timeout: 120_000 });
    await page.getByText("7 of 8 entries done: 7 done, 1 failed").waitFor();
    // The base model is the same in all entries; the others have the mean over their seeds.
    await expect.poll(() => page.locator("[data-row]").count()).toBe(5);
    expect(await result("base").textContent()).toMatch(/any\s*any\s*base/);
    const folded = page.locator("[data-row]").filter({ hasText: "front" });
    expect(await folded.count()).toBeGreaterThan(0);
    await page.locator("[data-sort=chrf]").click();
    const row = page.locator("[data-row]").first();
    expect(await row.locator("[data-measure=chrf]").textContent()).toBe("6");
    expect(await page.locator('[aria-sort="descending"]').textContent()).toContain("chrf");

    await page.locator("[data-state=failed]").click();
    expect(await page.locator("[data-entry]").count()).toBe(1);
    await entry("failed").locator("[data-action=log]").click();
    await page.getByRole("dialog").getByText("This one is broken.").waitFor();
    await action("close-log").click();
    await writeFile(join(folder, "fixed"), "");
    await entry("failed").locator("[data-action=again]").click();
    await page.getByText("8 of 8 entries done").waitFor();
    await page.locator("[data-state=all]").click();
    expect(await entry("done").count()).toBe(8);

    await expect.poll(() => row.locator("[data-measure=chrf]").textContent()).toBe("7 ±1");
    await row.locator("[data-action=unfold]").click();
    expect(await page.locator("tr.seed").allTextContents()).toEqual([
      expect.stringMatching(/seed 1\s*6\s*6/),
      expect.stringMatching(/seed 2\s*8\s*6/),
    ]);
    await action("fold").click();
    await expect.poll(() => page.locator("tr.seed").count()).toBe(8);
    await action("fold").click();

    const pareto = page.locator("[data-chart=pareto] pal-sweep-chart");
    expect(await pareto.locator("svg [aria-label=dot] circle").count()).toBe(5);
    expect(await pareto.locator("svg").first().getAttribute("aria-label")).toContain(
      "chrf and general: plain, rank 2, weight 2; plain, rank 4, weight 2",
    );
    await page.locator("[name=y-less]").check();
    await expect.poll(() => pareto.locator("svg").first().getAttribute("aria-label")).not.toContain("rank 2");
    expect(new URL(page.url()).searchParams.get("y")).toBe("-general");
    const cells = page.locator("[data-chart=heat] svg [aria-label=text] text");
    expect((await cells.allTextContents()).map((text) => text.split("\n")[0])).toEqual([
      "2weight 0, rank 2",
      "5weight 2, rank 2",
      "4weight 0, rank 4",
      "7weight 2, rank 4",
    ]);
    await page.reload();
    await expect.poll(() => page.locator("[name=y-less]").isChecked()).toBe(true);
    await picture("sweep");
    await entry("done").first().locator("[data-link-to=record]").click();
    await page.getByText("ran to its end").waitFor();
    expect(faults).toEqual([]);
  }, 240_000);

  it("is cancelled, stays in the list with its state, and cannot go on with a changed notebook", async () => {
    await action("sweep").click();
    await dialog.values("rank", "8");
    await dialog.start().click();
    await entry("running").waitFor();
    expect(await page.title()).toMatch(/^● rank 8 ·/);
    await action("cancel").click();
    await page.locator("[data-active=no]").waitFor();
    expect(await entry("running").count()).toBe(0);
    await page.locator("header [data-link-to=sweeps]").click();
    await expect.poll(() => page.locator("[data-sweep]").count()).toBe(2);
    await picture("sweeps");
    await page.locator("[data-sweep] a").first().click();
    await writeFile(join(folder, "n.ts"), notebookIn(folder).replace("10 - rank", "11 - rank"));
    await action("run-left").click();
    await page.getByRole("alert").getByText("n.ts has changed since this sweep began").waitFor();
    for (const link of ["sweeps", "runs", "sweeps", "records", "sweeps"])
      await page.locator(`header [data-link-to=${link}]`).first().click();
    await page.waitForURL("**/sweeps");
    expect(faults.filter((each) => !each.includes("409"))).toEqual([]);
  }, 120_000);
});
