/** The page of runs in a real browser with the real server: find, fold, compare two, delete and undo, see a run grow. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeRun } from "../server/registry/written-run.ts";
import { description } from "../server/runs/any-run.ts";
import { executable, launch, openPage } from "./chromium.ts";
import { type Served, serve } from "./real-server.ts";

describe.skipIf(!executable)("the page of runs", () => {
  let folder: string;
  let server: Served;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let live: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "runs-page-"));
    const curve = (end: number) =>
      [1, 2, 3].map((step) => ({ step, loss: step === 3 ? end : 4 - step, tokensPerSecond: 100 }));
    const config = (prompts: string, rank: number, seed: number) => ({ prompts: [prompts], rank, seed, batch: 4 });
    for (const seed of [1, 2, 3]) {
      const both = { seed, steps: 3, seconds: { steps: 6 }, ended: "2026-11-04T10:00:00.000Z" };
      const started = (hour: number) => `2026-11-0${seed}T${hour}:00:00.000Z`;
      const event = { kind: "knob", step: 2, name: "weight", value: 0 };
      await writeRun(folder, {
        ...both,
        id: `a${seed}`,
        started: started(10),
        config: config("Write a note.", 2, seed),
        rows: curve(2 + seed / 5),
      });
      await writeRun(folder, {
        ...both,
        id: `b${seed}`,
        started: started(12),
        config: config("Write a long note.", 8, seed),
        rows: curve(1 + seed / 10),
        events: [event],
      });
    }
    live = await writeRun(folder, {
      id: "live",
      method: "vanilla",
      status: "running",
      steps: 50,
      started: "2026-11-09T10:00:00.000Z",
    });
    const record = join(folder, ".palimpsest", "records", "r1");
    await mkdir(record, { recursive: true });
    const { id: _, notebook, seed, started, ...about } = description();
    await writeFile(
      join(record, "record.json"),
      JSON.stringify({ id: "r1", notebook, seed, created: started, runs: [{ ...about, id: "live" }] }),
    );
    await writeFile(join(record, "certificate.json"), '{"verdict":"identical"}');
    server = await serve(folder);
    browser = await launch();
    ({ page, faults } = await openPage(browser));
    await page.goto(server.address);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    faults.length = 0;
    await page.goto(new URL("/", server.address).href);
    await page.locator("[data-link-to=runs]").click();
    await rows.first().waitFor();
  });

  const rows = {
    first: () => page.locator("[data-row]").first(),
    count: () => page.locator("[data-row]").count(),
    names: () => page.locator("[data-row] .name a").allTextContents(),
  };
  const filter = (text: string): Promise<void> => page.locator("[name=filter]").fill(text);

  it("folds seeds, filters as one types, and keeps the view in the address", async () => {
    await expect.poll(rows.names).toEqual(["vanilla", "radis, 3 seeds", "radis, 3 seeds"]);
    expect(await page.locator("[data-row]").first().locator(".badge").textContent()).toBe("identical");
    // The mean loss of the three seeds, and half of their range.
    expect(await page.locator("[data-row]").nth(1).textContent()).toContain("1.2 ±0.1");
    await filter("rank=8 loss<1.25");
    await expect.poll(rows.names).toEqual(["radis, 2 seeds"]);
    await page.locator("[data-action=fold]").click();
    await page.locator('[data-sort="losses.loss"]').last().click();
    await page.reload();
    await expect.poll(rows.count).toBe(2);
    expect(await page.locator("[role=status].count").textContent()).toBe("2 of 7 runs");
    expect(await page.locator('[aria-sort="descending"]').last().textContent()).toContain("loss");
    await filter("/(/");
    await page.getByRole("alert").getByText("group").waitFor();
    expect(await rows.count()).toBe(2);
    expect(faults).toEqual([]);
  });

  it("compares two experiments by the keyboard: settings, prompts word by word, curves, paired measures", async () => {
    await page.locator("[role=grid]").focus();
    for (const key of ["j", "j", "x", "j", "b", "c"]) await page.keyboard.press(key);
    await page.locator("[data-setting=prompts]").waitFor();
    expect(new URL(page.url()).searchParams.getAll("runs")).toHaveLength(2);
    const differing = await page
      .locator("[data-setting]")
      .evaluateAll((all) => all.map((row) => row.getAttribute("data-setting")));
    expect(differing).toEqual(["prompts", "rank", "turned while it ran"]);
    expect(await page.locator("[data-setting=prompts] ins").textContent()).toMatch(/^ ?long ?$/);
    expect(await page.locator("[data-setting=prompts] del").count()).toBe(0);
    const loss = page.locator('pal-run-curves[data-chart="loss"]');
    await expect.poll(() => loss.getAttribute("data-points")).toBe("18");
    expect(await loss.getAttribute("data-turns")).toBe("3");
    // b − a is −1.1, −1.2 and −1.3.
    const measured = page.locator("[data-measure=loss] [data-judgement]");
    expect([await measured.count(), await measured.getAttribute("data-judgement")]).toEqual([1, "better"]);
    expect(await measured.textContent()).toContain("3 seeds paired");
    await page.locator("[name=x]").selectOption("time");
    await page.locator("[name=log]").check();
    await page.getByRole("button", { name: "make baseline" }).first().click();
    await page.reload();
    await expect.poll(() => measured.getAttribute("data-judgement")).toBe("worse");
    expect(await page.locator("[name=x]").inputValue()).toBe("time");
    await expect.poll(() => loss.locator(".holder").textContent()).toContain("seconds");
    // What has not come to its last step is not compared silently.
    expect(await page.locator("[data-unfinished]").count()).toBe(0);
    await page.goto(new URL(`/runs/compare?${new URLSearchParams({ runs: live })}`, server.address).href);
    await page.getByText("vanilla, seed 1 (running at step 2 of 50)").waitFor();
    expect(faults).toEqual([]);
  });

  it("deletes and brings back, keeps notes and tags, and shows a run that grows", async () => {
    await filter("/^a/");
    await expect.poll(rows.names).toEqual(["radis, 3 seeds"]);
    await page.locator("[data-row] input").click();
    await page.locator("[data-action=delete]").click();
    await expect.poll(rows.count).toBe(0);
    await page.locator("[data-action=undo]").click();
    await expect.poll(rows.names).toEqual(["radis, 3 seeds"]);
    await filter("vanilla");
    await page.locator("[data-row] .name a").click();
    await page.locator("[name=note]").fill("the good one");
    await page.locator("[name=tags]").fill("paper, velan");
    await page.locator("[name=tags]").blur();
    await filter("tag:velan good");
    await expect.poll(rows.count).toBe(1);
    await appendFile(join(folder, live, "rows.jsonl"), '{"step":33,"loss":0.123}\n');
    await page.locator("[data-row]").getByText("33/50").waitFor();
    await page.locator("[data-row] input").click();
    await page.locator("[data-action=delete]").click();
    await page.getByRole("alert").getByText("live is still running").waitFor();
    expect(faults.filter((each) => !each.includes("409"))).toEqual([]);
  });

  it("answers SQL with a table and a chart, exports, and says what pruning would remove", async () => {
    await page.locator("[data-panel=query]").click();
    await page
      .locator("[name=sql]")
      .fill("select method, rows.step, avg(loss) as loss from rows join runs using (run) group by all order by all");
    await page.locator("[name=sql]").press("Control+Enter");
    await page.locator("pal-run-query").getByText("6 rows").waitFor();
    await expect.poll(() => page.locator("pal-run-query pal-run-curves").getAttribute("data-points")).toBe("6");
    await page.locator("[data-panel=export]").click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator('[data-export="csv rows"]').click(),
    ]);
    expect(download.suggestedFilename()).toBe("runs-rows.csv");
    await page.locator("[data-panel=prune]").click();
    await page.locator("[name=what]").selectOption("runs");
    await page.locator("[name=days]").fill("0");
    await page.getByRole("button", { name: "Look" }).click();
    await page.locator("pal-prune").getByText("6 items").waitFor();
    expect(await rows.count()).toBe(3);
    expect(faults).toEqual([]);
  });
});
