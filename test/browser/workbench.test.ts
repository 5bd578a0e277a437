/**
 * A first hour with the workbench, in a real browser with the real server and the embedded model: open, run, watch a curve
 * grow, reload during a run, change the rank, edit, and compare the files with the page. The tests depend on each other and
 * share one notebook, which is short, so that a training takes seconds.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoggedEvent } from "../../server/events.ts";
import type { Point } from "../../ui/plot/points.ts";
import { until } from "../server/until.ts";
import { executable, launch, openPage } from "./chromium.ts";
import { CLI, serve } from "./real-server.ts";

const NOTEBOOK = `// %% [markdown]
// # A short story
//
// A model learns eight sentences by heart.

// %% setup
import { chatModel, input, lora, Plot, report, train, vanilla, world } from "palimpsest";

// %% model
const base = await chatModel("tiny-chat");

// %% sentences
const velan = await world.corpus("velan", { train: 8, test: 2 });

// %% knobs
const rank = input.range("LoRA rank", { min: 1, max: 32, step: 1, value: 4 });
const steps = input.number("steps", { value: 40, min: 1, step: 1 });
const learningRate = input.number("learning rate", { value: 0.005, min: 0 });

// %% training
const run = train(base, { method: vanilla(velan.train), adapter: lora({ rank }), steps, learningRate });
run

// %% curve
Plot.plot({ marks: [Plot.lineY(run.rows, { x: "step", y: "loss" })] });

// %% last
await run.finished;
report([{ method: run.method, rank, steps: run.rows.length, loss: run.rows.at(-1)?.loss ?? -1 }]);
`;

type Headless = {
  readonly runs: readonly { readonly folder: string }[];
  readonly results: readonly Record<string, number | string>[];
};

describe.skipIf(!executable)("the workbench", () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof serve>>;
  let address: URL;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "workbench-"));
    await writeFile(join(folder, "story.ts"), NOTEBOOK);
    server = await serve(folder);
    address = new URL(server.address);
    browser = await launch();
    ({ page, faults } = await openPage(browser));
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const cell = (id: string): Locator => page.locator(`pal-cell[data-cell="${id}"]`);
  const status = (id: string): Promise<string | null> => cell(id).getAttribute("data-status");
  const generation = async (id: string): Promise<number> => Number(await cell(id).getAttribute("data-generation"));
  const isDone = (id: string, seconds = 60): Promise<void> => until(async () => (await status(id)) === "done", seconds);
  const drawn = (): Promise<Point[]> =>
    page.locator("pal-plot").evaluate((plot) => (plot as unknown as { points: (Point[] | null)[] }).points[0] ?? []);
  const logged = async (): Promise<LoggedEvent[]> => {
    const text = await readFile(join(folder, ".palimpsest", "sessions", "story.jsonl"), "utf8");
    return text
      .split("\n")
      .filter((line) => line.startsWith('{"seq"'))
      .map((line) => JSON.parse(line));
  };
  /** The folder of the newest run that was started from the page. */
  const newestRun = async (): Promise<string> => {
    const started = (await logged()).flatMap(({ event }) => (event.type === "run-started" ? [event.run.folder] : []));
    return join(folder, started.at(-1) ?? "");
  };
  const rowsOf = async (run: string): Promise<{ step: number; loss: number }[]> =>
    (await readFile(join(run, "rows.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("opens from the start page and runs; a curve grows while the model learns", async () => {
    await page.goto(address.href);
    await page.getByText("A short story").click();
    await page.locator('[data-link="live"]').waitFor();
    expect(await page.locator("pal-cell").count()).toBe(8);
    await page.locator('[data-action="run-all"]').click();
    await until(async () => (await status("curve")) === "done", 60);
    await page.locator("pal-plot").scrollIntoViewIfNeeded();
    await until(async () => (await drawn()).length > 5);
    const early = await drawn();
    expect(await status("training")).toBe("running");
    await until(async () => (await drawn()).length > early.length + 5);
    expect((await drawn()).slice(0, early.length)).toEqual(early);
    expect(await cell("model").locator("[data-tensors]").textContent()).toContain("3.5 MB");
  }, 120_000);

  it("shows everything again after a reload during a run, and the training continues", async () => {
    const before = (await drawn()).length;
    await page.reload();
    await page.locator('[data-link="live"]').waitFor();
    await page.locator("pal-plot").scrollIntoViewIfNeeded();
    await until(async () => (await drawn()).length >= before);
    await isDone("last");
    expect(await generation("training")).toBe(1);
    const rows = await rowsOf(await newestRun());
    expect(rows.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    await until(async () => (await drawn()).length === rows.length);
    expect((await drawn()).map(({ step, loss }) => ({ step, loss }))).toEqual(
      rows.map(({ step, loss }) => ({ step, loss })),
    );
    expect(rows.at(-1)!.loss).toBeLessThan(rows[0]!.loss / 2);
  }, 90_000);

  it("a change of the rank trains again and does not load the model again", async () => {
    const slider = cell("knobs").locator('[data-input="rank"] input[type="range"]');
    await slider.focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press("ArrowRight");
    await until(async () => (await generation("training")) > 1);
    await isDone("last");
    for (const id of ["setup", "model", "sentences", "knobs"]) expect([id, await generation(id)]).toEqual([id, 1]);
    const run = JSON.parse(await readFile(join(await newestRun(), "run.json"), "utf8"));
    expect(JSON.stringify(run)).toContain('"rank":7');
    expect(await cell("model").locator("[data-tensors]").textContent()).toContain("3.5 MB");
  }, 90_000);

  it("with a learning rate of 0 the curve is flat", async () => {
    const field = cell("knobs").locator('[data-input="learningRate"] input');
    await field.fill("0");
    await field.press("Enter");
    const before = await generation("training");
    await until(async () => (await generation("training")) > before || (await status("training")) === "running");
    await isDone("last");
    await until(async () => (await drawn()).length === 40);
    const losses = (await drawn()).map(({ loss }) => Number(loss));
    // Every step uses the same sixteen pairs, in another order.
    expect(Math.max(...losses) - Math.min(...losses)).toBeLessThan(1e-5);
  }, 90_000);

  it("a killed kernel stops the curve and is reported, and what was shown remains", async () => {
    const field = cell("knobs").locator('[data-input="learningRate"] input');
    await field.fill("0.005");
    await field.press("Enter");
    await until(async () => (await status("training")) === "running" && (await drawn()).length < 40);
    await until(async () => (await drawn()).length > 3);
    const pids = (await logged()).flatMap(({ event }) => (event.type === "kernel-ready" ? [event.pid] : []));
    process.kill(pids.at(-1)!, "SIGKILL");
    await page.getByText("The kernel was killed").filter({ visible: true }).first().waitFor();
    const left = await drawn();
    expect(left.length).toBeGreaterThan(3);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await drawn()).toEqual(left);
    expect(await status("training")).not.toBe("running");
    await page.locator('[data-action="run-all"]').click();
    await isDone("last");
  }, 120_000);

  it("an edit is in the file within a second, and a headless run of the file gives the same result", async () => {
    await cell("knobs").locator(".cm-line", { hasText: "steps" }).click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("const doubled = 2 * steps;");
    const started = Date.now();
    await until(
      async () => (await readFile(join(folder, "story.ts"), "utf8")).includes("const doubled = 2 * steps;"),
      5,
    );
    expect(Date.now() - started).toBeLessThan(1500);
    await page.locator('[data-action="run-all"]').click();
    await until(async () => (await status("last")) !== "done");
    await isDone("last");

    const copy = await mkdtemp(join(tmpdir(), "headless-"));
    await cp(join(folder, "story.ts"), join(copy, "story.ts"));
    const rank = ["--set", "rank=7"];
    const { code, out } = await finished(
      spawn(process.execPath, [CLI, "run", join(copy, "story.ts"), ...rank, "--json"]),
    );
    expect(code).toBe(0);
    const { runs, results } = JSON.parse(out.trim().split("\n").at(-1) ?? "") as Headless;
    const losses = (rows: { loss: number }[]): number[] => rows.map(({ loss }) => loss);
    const here = losses(await rowsOf(await newestRun()));
    expect(losses(await rowsOf(runs[0]!.folder))).toEqual(here);
    expect(results).toEqual([{ method: "vanilla", rank: 7, steps: 40, loss: here.at(-1) }]);
    await rm(copy, { recursive: true, force: true });
  }, 120_000);

  it("logs no errors in the browser's console", () => {
    expect(faults).toEqual([]);
  });
});

function finished(child: ChildProcess): Promise<{ code: number | null; out: string }> {
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out })));
}
