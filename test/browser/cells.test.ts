/** Cells on the page, with a scripted server: folding, progress, errors, inputs, and the requests of their controls. */
import { describe, expect, test } from "vitest";
import type { SessionEvent } from "../../server/events.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

describe.skipIf(!executable)("cells", () => {
  const stage = new Stage();
  const { asked, cell, editor, focused, status, textOf } = stage;

  test("folded code is one line until it is unfolded; a grid shows four charts at once", async () => {
    const options = { code: "folded", outputs: "grid" };
    const cells = story.cells.map((each) => (each.id === "curves" ? { ...each, options } : each));
    stage.server.push({ ...story.opened, cells }, ...story.training.slice(1), story.chart, story.chart, story.chart);
    stage.server.push(story.appended("v1", 0, story.rows(0, 30)));
    await stage.page.setViewportSize({ width: 1440, height: 900 });
    await stage.open();
    const line = cell("curves").locator('[data-action="unfold"]');
    expect(await line.locator("code").textContent()).toBe(
      'Plot.plot({ marks: [Plot.lineY(run.rows, { x: "step", y: "loss", stroke: "method", tip: true })], });',
    );
    expect(await editor("curves").isVisible()).toBe(false);
    const charts = cell("curves").locator("pal-plot");
    const places = async (): Promise<{ x: number; y: number; width: number; height: number }[]> =>
      Promise.all((await charts.all()).map(async (each) => (await each.boundingBox())!));
    await cell("curves").evaluate((element) => element.scrollIntoView({ block: "end" }));
    const [a, b, c, d] = await places();
    expect([b!.y, d!.y, c!.x, d!.x]).toEqual([a!.y, c!.y, a!.x, b!.x]);
    expect(b!.x + b!.width - a!.x).toBeGreaterThan((await cell("training").boundingBox())!.width);
    const bar = (await stage.page.locator("pal-bar").boundingBox())!;
    expect(a!.y).toBeGreaterThan(bar.height);
    expect(d!.y + d!.height).toBeLessThanOrEqual(900);

    await line.click();
    expect(await focused()).toBe("curves text");
    await stage.page.keyboard.type("// A\n");
    expect(await textOf("curves")).toContain("// A\n");
    await cell("curves").locator('[data-action="fold"]').click();
    expect(await editor("curves").isVisible()).toBe(false);
    await expect.poll(() => asked("edit").length).toBe(1);
    await line.press("Enter");
    expect(await focused()).toBe("curves text");
    await cell("model").hover();
    await cell("model").locator('[data-action="fold"]').click();
    expect(await editor("model").isVisible()).toBe(false);
    stage.server.push({ type: "cell-edited", cell: "model", source: "const base = ;", by: "another" });
    await expect.poll(() => editor("model").isVisible()).toBe(true);
    expect(await textOf("model")).toBe("const base = ;");

    await stage.page.setViewportSize({ width: 700, height: 900 });
    await expect.poll(async () => new Set((await places()).map((each) => each.x)).size).toBe(1);
    await stage.page.setViewportSize({ width: 1280, height: 900 });
  });

  test("cells that share state by changing it are warned, run all the same, and the warning goes with its cause", async () => {
    const source = (text: string): SessionEvent => ({
      type: "cell-edited",
      cell: "curves",
      source: text,
      by: "another",
    });
    stage.server.push(...story.training, source("base.rate = 2;"));
    await stage.open();
    const warning = cell("model").locator("[data-warning]");
    expect(await cell("curves").locator("[data-warning]").textContent()).toMatch(
      /Warning.*line 1:1.*This cell changes base, which the cell model defines: base\.rate = …\./s,
    );
    expect(await warning.textContent()).toMatch(/The cell curves changes base, which is defined here/);
    expect(await status("model")).toBe("done");
    stage.server.push(source("base.rate;"));
    await expect.poll(() => warning.count()).toBe(0);
    expect(await stage.page.locator("[data-warning]").count()).toBe(0);
  });

  test("a line of the console that has not ended is replaced by the next one", async () => {
    const printed = (text: string, more: object = {}): SessionEvent => {
      return { type: "cell-console", cell: "model", generation: 1, lines: [{ level: "log", text, ...more }] };
    };
    stage.server.push(...story.training, printed("begin"), printed("10%", { open: true }));
    await stage.open();
    const lines = (): Promise<string[]> => cell("model").locator(".console .lines > *").allTextContents();
    await expect.poll(lines).toEqual(["begin", "10%"]);
    stage.server.push(printed("50%", { open: true }), printed("100%"), printed("end"));
    await expect.poll(lines).toEqual(["begin", "100%", "end"]);
  });

  test("a cell shows the progress of its top level, not of its trainings, which have their own cards", async () => {
    const progress = (done: number): SessionEvent => {
      return { type: "cell-progress", cell: "training", generation: 2, label: "refusals", done, total: 32 };
    };
    stage.server.push(...story.training, {
      type: "cell-started",
      cell: "training",
      generation: 2,
      snapshot: story.snapshotOf("training"),
    });
    await stage.open();
    const label = cell("training").getByText("refusals");
    const below = async (): Promise<number | undefined> => (await cell("curves").boundingBox())?.y;
    const before = await below();
    stage.server.push(progress(16));
    await label.waitFor();
    expect(await below()).toBe(before);
    stage.server.push(progress(32));
    await label.waitFor({ state: "detached" });
    stage.server.push({ type: "cell-settled", cell: "training", generation: 2 }, progress(16));
    const { run, type } = story.runStarted("v2", "vanilla");
    stage.server.push({ type, run: { ...run, generation: 2 } });
    stage.server.push({ type: "cell-output", cell: "training", generation: 2, output: { kind: "run", run: "v2" } });
    await cell("training").locator('[data-run="v2"]').waitFor();
    expect(await label.count()).toBe(0);
  });

  test("a cell whose code cannot run shows an error, also when it ran before, until the code is fixed", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const source = await textOf("model");
    stage.server.push({ type: "cell-edited", cell: "model", source: "const base = ;", by: "another" });
    await expect.poll(() => status("model")).toBe("error");
    expect(await cell("model").locator("[data-word]").textContent()).toBe("error");
    stage.server.push({ type: "cell-edited", cell: "model", source, by: "another" });
    await expect.poll(() => status("model")).toBe("done");
  });

  test("a slider that is moved again while its last value is being answered stays where it is", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const slider = stage.page.locator('[data-input="rank"] input[type=range]');
    await slider.focus();
    const start = Number(await slider.inputValue());
    let answer = (): void => undefined;
    stage.server.answering = new Promise((resolve) => {
      answer = resolve;
    });
    await stage.page.keyboard.press("ArrowRight");
    await expect.poll(() => asked("input").length).toBe(1);
    await stage.page.keyboard.down("ArrowRight");
    answer();
    await stage.page.waitForTimeout(200);
    expect(Number(await slider.inputValue())).toBe(start + 2);
    await stage.page.keyboard.up("ArrowRight");
    await expect.poll(() => asked("input").map((each) => each.value)).toEqual([start + 1, start + 2]);
  });

  test("an input takes effect when it is released, a live input at once", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const drag = async (name: string): Promise<void> => {
      const slider = stage.page.locator(`[data-input="${name}"] input[type=range]`);
      // Waits until the slider is where it stays.
      await slider.hover();
      const box = (await slider.boundingBox())!;
      await stage.page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
      await stage.page.mouse.down();
      for (const at of [0.5, 0.7, 0.9])
        await stage.page.mouse.move(box.x + box.width * at, box.y + box.height / 2, { steps: 4 });
    };
    const value = (name: string): Promise<string> =>
      stage.page.locator(`[data-input="${name}"] input[type=number]`).inputValue();

    await drag("rank");
    expect(asked("input")).toEqual([]);
    const held = Number(await value("rank"));
    expect(held).toBeGreaterThan(50);
    await stage.page.mouse.up();
    await expect.poll(() => asked("input")).toEqual([{ type: "input", cell: "knobs", name: "rank", value: held }]);

    await stage.page.locator('[data-input="rank"] input[type=range]').focus();
    for (let i = 0; i < 3; i++) await stage.page.keyboard.down("ArrowLeft");
    expect(asked("input").length).toBe(1);
    await stage.page.keyboard.up("ArrowLeft");
    await expect.poll(() => asked("input").map((each) => each.value)).toEqual([held, held - 3]);

    await drag("weight");
    await expect.poll(() => asked("input").filter((each) => each.name === "weight").length).toBeGreaterThan(1);
    await stage.page.mouse.up();
    const last = Number(await value("weight"));
    await expect.poll(() => asked("input").at(-1)?.value).toBe(last);

    const text = stage.page.locator('[data-input="prompt"] input');
    await text.fill("Because:");
    expect(asked("input").some((each) => each.name === "prompt")).toBe(false);
    await text.press("Enter");
    await expect.poll(() => asked("input").at(-1)).toMatchObject({ name: "prompt", value: "Because:" });
  });

  test("a refused value goes back to the session's value, and the page says why", async () => {
    stage.server.push(...story.training);
    stage.server.refusal = (request) => (request.type === "input" ? "The rank is held by a run." : undefined);
    await stage.open();
    const field = stage.page.locator('[data-input="rank"] input[type=number]');
    await field.fill("32");
    await field.press("Enter");
    await stage.page.getByText("The rank is held by a run.").waitFor();
    expect(await field.inputValue()).toBe("16");
  });

  test("an error links to its place, and a blocked cell to the cell that blocks it", async () => {
    stage.server.push(...story.training, {
      type: "cell-finished",
      cell: "training",
      generation: 1,
      status: "failed",
      ms: 900,
      error: { kind: "runtime", message: "lora is not defined", position: { line: 2, column: 11 }, cells: ["model"] },
    });
    await stage.open();
    expect(await status("training")).toBe("failed");
    await cell("training").getByRole("button", { name: "line 2:12" }).click();
    await stage.page.keyboard.type("HERE");
    expect(await textOf("training")).toContain("  adapter: HERElora({");
    expect(await cell("training").locator(".cm-lintRange-error").count()).toBe(1);
    expect(await cell("training").locator('[data-goto="model"]').count()).toBe(1);
    stage.server.push(
      { type: "run-asked", cells: ["model"] },
      { type: "cell-started", cell: "model", generation: 2, snapshot: story.snapshotOf("model") },
      { type: "cell-finished", cell: "model", generation: 2, status: "failed", ms: 1 },
    );
    await expect.poll(() => status("samples")).toBe("blocked");
    const why = cell("samples").locator(".errors");
    expect((await why.textContent())?.replace(/\s+/g, " ")).toContain("This cell depends on model, which failed.");
    await why.locator('[data-goto="model"]').click();
    await expect.poll(() => focused()).toBe("model cell");
  });

  test("run, stop, insert, move and delete send the right requests; a deleted cell can be put back", async () => {
    stage.server.push(...story.training);
    await stage.open();
    await stage.page.locator('[data-action="run-all"]').click();
    await stage.page.locator('pal-bar [data-action="stop"]').click();
    await cell("training").locator('[data-action="stop"]').click();
    await cell("samples").locator('[data-action="run"]').click();
    await cell("samples").hover();
    await cell("samples").locator('[data-action="move-up"]').click();
    await cell("model").hover();
    await cell("model").locator('[data-action="mode"]').selectOption("manual");
    await expect
      .poll(() => stage.server.requests)
      .toEqual([
        { type: "run", cells: "all" },
        { type: "stop" },
        { type: "stop", cell: "training" },
        { type: "run", cells: ["samples"] },
        { type: "move", cell: "samples", after: "training" },
        { type: "mode", cell: "model", mode: "manual" },
      ]);
    await cell("samples").locator('[data-action="remove"]').click();
    await expect.poll(() => cell("samples").count()).toBe(0);
    await stage.page.locator('[data-action="undo"]').click();
    await expect.poll(() => cell("samples").count()).toBe(1);
    await expect.poll(() => textOf("samples")).toBe("const samples = [base.name, run.id];");
    await stage.page.locator('pal-insert [data-action="add-markdown"]').last().click();
    await expect.poll(() => cell("new-cell").count()).toBe(1);
    await stage.page.keyboard.type("## Written");
    await stage.page.keyboard.press("Shift+Enter");
    await expect.poll(() => cell("new-cell").locator("h2").textContent()).toBe("Written");
  });
});
