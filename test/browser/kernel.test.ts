/** The kernel's features on the page, with a scripted server: run modes, expected cost, memory, cache, streams, and its end. */
import { describe, expect, test } from "vitest";
import type { SessionEvent } from "../../server/events.ts";
import type { Cell } from "../../server/notebook/types.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

/** Both trainings ended after two minutes, so every cell has an expected cost. */
const trained: readonly SessionEvent[] = [
  ...story.training,
  { type: "run-ended", run: "v1", status: "done" },
  { type: "run-ended", run: "r1", status: "done" },
  { type: "cell-finished", cell: "training", generation: 1, status: "done", ms: 125_000 },
];
const setRank: SessionEvent = { type: "input-set", cell: "knobs", name: "rank", value: 32 };

/** The story's notebook with other options on the `// %%` lines, or other sources. */
function rewritten(changes: Readonly<Record<string, Partial<Cell>>>): SessionEvent {
  return { ...story.opened, cells: story.cells.map((each) => ({ ...each, ...changes[each.id] })) };
}

function finished(cell: string, message: string, ms = 5): SessionEvent {
  const error = { kind: "runtime" as const, message, position: { line: 1, column: 12 } };
  return { type: "cell-finished", cell, generation: 1, status: "failed", ms, error };
}

describe.skipIf(!executable)("the kernel on the page", () => {
  const stage = new Stage();
  const { cell, status, asked, top } = stage;
  const word = (id: string): Promise<string | null> => cell(id).locator("[data-word]").textContent();
  const details = async (id: string): Promise<Record<string, string>> => {
    await cell(id).locator("pal-gutter [popovertarget]").click();
    const panel = cell(id).locator("pal-gutter dl");
    const [names, texts] = await Promise.all([
      panel.locator("dt").allTextContents(),
      panel.locator("dd").allTextContents(),
    ]);
    return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ""]));
  };

  test("before a change ends a training the page asks; after it, undo is offered", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const before = await top("model");
    const question = {
      about: "changes",
      origin: "page",
      changes: [{ change: "remove", cell: "training" }],
      loss: { trainings: ["v1", "r1"], cells: ["training"], seconds: 200 },
    } as const;
    stage.server.push({ type: "question-asked", question });
    const strip = stage.page.locator("[data-question]");
    await strip.waitFor();
    expect(await strip.locator(".text").textContent()).toBe(
      "Deleting training ends 2 running trainings and frees values of 1 cell that took 3 min.",
    );
    expect(await top("model")).toBe(before);
    if (process.env.SHOTS) await stage.page.screenshot({ path: `${process.env.SHOTS}/question.png` });
    await strip.getByRole("button", { name: "Keep" }).click();
    await strip.getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => asked("decide").map(({ accept }) => accept)).toEqual([false, true]);
    stage.server.push({ type: "question-answered" }, { type: "cell-removed", cell: "training" });
    await strip.waitFor({ state: "detached" });
    await stage.page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => asked("put-back").map(({ cell }) => cell.id)).toEqual(["training"]);
  });

  test("before an expensive automatic run the page asks, and the question moves nothing", async () => {
    stage.server.push(...trained, { type: "settings", settings: { lazy: false, ask: 30 } });
    await stage.open();
    const before = await top("model");
    stage.server.push(setRank);
    const question = stage.page.locator("[data-pending]");
    await question.waitFor();
    expect(await question.locator(".text").textContent()).toMatch(
      /Running 2 cells will take about 2 min and 80\.5 MB of memory/,
    );
    expect(await question.getByRole("button", { name: "training" }).count()).toBe(1);
    expect(await top("model")).toBe(before);
    expect(await status("training")).toBe("stale");
    await question.getByRole("button", { name: "Not now" }).click();
    await question.getByRole("button", { name: "Run" }).click();
    await expect.poll(() => asked("answer").map(({ run }) => run)).toEqual([false, true]);
    stage.server.push({ type: "ask-answered", run: true });
    await question.waitFor({ state: "detached" });
    expect([await status("training"), await cell("training").locator("[data-elapsed]").textContent()]).toEqual([
      "queued",
      "≈ 2 min",
    ]);
  });

  test("a change that runs nothing, since the user has run nothing yet, says so until the user does", async () => {
    stage.server.push(...trained.filter(({ type }) => type !== "run-asked"));
    await stage.open();
    const hint = stage.page.locator("[data-first-run]");
    expect(await hint.count()).toBe(0);
    stage.server.push(setRank);
    await hint.getByRole("button", { name: "Run stale" }).click();
    await expect.poll(() => asked("run")).toEqual([{ type: "run", cells: "stale" }]);
    stage.server.push({ type: "run-asked", cells: ["training"] });
    await hint.waitFor({ state: "detached" });
  });

  test("a lazy notebook marks dependent cells as stale, and Run stale shows their number", async () => {
    stage.server.push(...trained);
    await stage.open();
    const { page, server } = stage;
    const lazy = page.getByRole("button", { name: "Lazy" });
    expect(await lazy.getAttribute("aria-pressed")).toBe("false");
    await lazy.click();
    await expect.poll(() => asked("settings")).toEqual([{ type: "settings", lazy: true }]);
    server.push({ type: "settings", settings: { lazy: true, ask: 30 } }, setRank);
    const stale = page.locator('[data-action="run-stale"]');
    // The training, its curves, and the samples, which have not run yet.
    await expect.poll(async () => (await stale.textContent())?.trim()).toBe("Run stale (3)");
    expect([await status("training"), await status("curves"), await status("model")]).toEqual([
      "stale",
      "stale",
      "done",
    ]);
    expect(await page.locator("[data-pending]").count()).toBe(0);
    await stale.click();
    await expect.poll(() => asked("run")).toEqual([{ type: "run", cells: "stale" }]);
    await page.locator("pal-kernel [popovertarget]").click();
    await page.locator('[data-action="ask"]').selectOption("never");
    await expect.poll(() => asked("settings").at(-1)).toEqual({ type: "settings", ask: "never" });
  });

  test("a disabled cell and its dependents say so; a dependent links to the disabled cell and can enable it", async () => {
    stage.server.push(...trained);
    await stage.open();
    await cell("model").hover();
    await cell("model").locator('[data-action="disabled"]').click();
    await expect.poll(() => asked("flag")).toEqual([{ type: "flag", cell: "model", flag: "disabled", on: true }]);
    stage.server.push({ type: "cell-options", cell: "model", options: { disabled: "true" } });
    await expect.poll(() => word("model")).toBe("disabled");
    expect(await word("curves")).toBe("blocked");
    const why = cell("curves").locator(".errors");
    expect((await why.textContent())?.replace(/\s+/g, " ")).toContain("This cell depends on model, which is disabled");
    expect(await stage.page.locator('[data-action="run-stale"]').isDisabled()).toBe(true);
    await why.getByRole("button", { name: "Enable model" }).click();
    await cell("model").locator('pal-gutter [data-action="enable"]').click();
    const on = { type: "flag", cell: "model", flag: "disabled", on: false };
    await expect.poll(() => asked("flag").slice(1)).toEqual([on, on]);
  });

  test("memory is shown for each cell and in total, with the budget", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const largest = { shape: [16, 64, 512], dtype: "float32", bytes: 2_097_152 };
    stage.server.push({
      type: "tensors",
      total: 90_000_000,
      cells: {
        model: { bytes: 4_000_000, count: 39, peak: 7_300_000 },
        training: { bytes: 80_000_000, count: 412, peak: 95_000_000, largest },
      },
      memory: { peak: 99_000_000, count: 454, reclaimed: { count: 12, bytes: 4_500_000 }, budget: 100_000_000 },
    });
    expect(await details("training")).toMatchObject({
      memory: "80.0 MB in 412 tensors",
      peak: "95.0 MB",
      "largest tensor": "2.1 MB, float32 16 × 64 × 512",
    });
    await stage.page.keyboard.press("Escape");
    await cell("training").locator("pal-gutter dl").waitFor({ state: "hidden" });
    const memory = stage.page.locator("pal-memory");
    await memory.locator("[popovertarget]").click();
    const paragraphs = (await memory.locator("p").allTextContents()).map((each) => each.replace(/\s+/g, " ").trim());
    expect(paragraphs[0]).toBe("90.0 MB in 454 tensors. Budget: 100 MB. Peak: 99.0 MB.");
    expect(paragraphs[1]).toContain("12 unused tensors freed, 4.5 MB");
    const rows = await memory
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent?.trim())));
    expect(rows).toEqual([
      ["training", "80.0 MB", "412", "95.0 MB"],
      ["model", "4.0 MB", "39", "7.3 MB"],
      ["background", "6.0 MB", "3", ""],
    ]);
    await memory.getByRole("button", { name: "training" }).click();
    await expect.poll(() => stage.focused()).toBe("training cell");
  });

  test("an error that mentions cells or a command links to the cells and offers to copy the command", async () => {
    stage.server.push(
      ...story.training,
      finished(
        "training",
        "A tensor of 4.0 GB does not fit: tensors may take 1.9 GB and hold 1.6 GB (training 1.6 GB, model 3.7 MB).",
      ),
      { type: "run-asked", cells: ["samples"] },
      { type: "cell-started", cell: "samples", generation: 1, snapshot: story.snapshotOf("samples") },
      finished("samples", 'The package "@ada/chroma" is not installed. In /home/ada: npm install @ada/chroma'),
    );
    await stage.open();
    expect(await cell("training").locator('.message [data-goto="model"]').count()).toBe(1);
    await stage.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copy = cell("samples").getByRole("button", { name: "Copy: npm install @ada/chroma" });
    await copy.click();
    await expect.poll(() => copy.textContent()).toBe("Copied");
    expect(await stage.page.evaluate(() => navigator.clipboard.readText())).toBe("npm install @ada/chroma");
  });

  test("the end of the kernel is explained, beside earlier notices, and the values become stale", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const reason = "The kernel ran out of memory.";
    const left = "A timer (setInterval) of generation 3 of the cell model goes on, though that has ended.";
    stage.server.push(
      { type: "notice", level: "warn", text: left },
      { type: "kernel-ended", cause: "died", reason },
      { type: "notice", level: "error", text: `${reason} A new kernel is starting.` },
    );
    const notices = stage.page.locator("[data-notice]");
    await expect.poll(() => notices.count()).toBe(2);
    expect((await notices.locator("p").allTextContents()).map((each) => each.trim())).toEqual([
      left,
      `${reason} A new kernel is starting.`,
    ]);
    expect([await status("model"), await status("training")]).toEqual(["stale", "failed"]);
    expect(await stage.page.locator("[data-kernel]").getAttribute("data-kernel")).toBe("ended");
    expect(await cell("training").locator(".message").textContent()).toBe(reason);
    await notices.locator('[data-goto="model"]').click();
    await expect.poll(() => stage.focused()).toBe("model cell");
  });

  test("a cell shows whether its result is cached, was restored, or could not be cached", async () => {
    const cache = { options: { cache: "true" } };
    const { server } = stage;
    server.push(rewritten({ model: cache, knobs: { ...cache, mode: "manual" }, samples: cache }), story.ready);
    const shown = { outputs: [], console: [], inputs: [], results: [] };
    server.push(
      { type: "cell-started", cell: "model", generation: 2, snapshot: story.snapshotOf("model") },
      { type: "cell-restored", cell: "model", generation: 2 },
      { type: "cell-settled", cell: "model", generation: 2 },
      { type: "cell-finished", cell: "model", generation: 2, status: "done", ms: 12 },
      { type: "cell-started", cell: "knobs", generation: 1, snapshot: story.snapshotOf("knobs") },
      { type: "cell-settled", cell: "knobs", generation: 1 },
      { type: "cell-finished", cell: "knobs", generation: 1, status: "done", ms: 12 },
      { type: "cache-refused", cell: "knobs", generation: 1, reason: "rank is a function." },
      { type: "cache-found", cell: "samples", snapshot: story.snapshotOf("samples"), shown },
    );
    await stage.open();
    expect([await word("model"), await word("knobs"), await word("samples")]).toEqual(["restored", "done", "cached"]);
    expect((await details("model")).cache).toMatch(/^restored at \d\d:\d\d$/);
    expect((await details("knobs")).cache).toBe("not cached: rank is a function.");
    expect(await cell("knobs").locator("[data-marks]").textContent()).toBe("manual · not cached");
    expect((await details("samples")).cache).toBe("cached; it is restored without running");
    const snapshot = story.snapshotOf("samples");
    server.push({ type: "cache-unused", cell: "samples", snapshot, reason: "data/train.csv changed" });
    expect((await details("samples")).cache).toBe("the cached result is not used: data/train.csv changed");
  });

  test("a stream shows how many values it gave, and a paused training says so", async () => {
    const source =
      'import { input, lora, Plot, stream, train } from "palimpsest";\nconst base = stream(async function* () {});';
    stage.server.push(
      rewritten({ model: { source } }),
      story.ready,
      { type: "cell-started", cell: "model", generation: 1, snapshot: "now" },
      { type: "cell-settled", cell: "model", generation: 1 },
      { type: "stream-value", cell: "model", generation: 1, name: "base", count: 12 },
    );
    await stage.open();
    expect(await word("model")).toBe("streaming");
    const marks = cell("model").locator("[data-marks]");
    expect(await marks.textContent()).toBe("base: 12 values");
    const before = await top("on-knobs");
    stage.server.push({ type: "stream-value", cell: "model", generation: 1, name: "base", count: 13 });
    await expect.poll(() => marks.textContent()).toBe("base: 13 values");
    expect(await top("on-knobs")).toBe(before);
    stage.server.startNewLog(
      ...story.training,
      ...["v1", "r1"].map((run): SessionEvent => ({ type: "run-changed", run, change: { kind: "pause", step: 0 } })),
    );
    stage.expectedFaults = /^WebSocket connection to/;
    await expect.poll(() => word("training")).toBe("paused");
  });
});
