/** The page with a scripted server: what it shows of a session, what it does without a connection, its charts. */
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Point } from "../../ui/plot/points.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

describe.skipIf(!executable)("the page", () => {
  const stage = new Stage();
  const { cell, status } = stage;
  const plot = (): Locator => stage.page.locator("pal-plot");
  const drawn = (): Promise<(Point[] | null)[]> =>
    plot().evaluate((element) => (element as unknown as { points: (Point[] | null)[] }).points);

  test("shows everything that happened in a session when it is opened", async () => {
    stage.server.push(...story.training, story.appended("v1", 0, story.rows(0, 40)));
    await stage.open();
    expect(await stage.page.locator("pal-cell").count()).toBe(story.cells.length);
    expect(await status("model")).toBe("done");
    expect(await status("training")).toBe("running");
    expect(await status("samples")).toBe("idle");
    expect(await cell("introduction").locator("h1").textContent()).toBe("RaDis: learn Velan, keep the rest");
    expect(await cell("training").locator("[data-tensors]").textContent()).toContain("80.5 MB · 412 tensors");
    expect(await stage.page.locator("[data-tensor-total]").textContent()).toBe("84.2 MB");
    expect(await stage.page.locator("[data-kernel]").getAttribute("data-kernel")).toBe("ready");
    expect(await cell("training").locator('[data-run="v1"]').textContent()).toContain("40 / 300");
    await stage.page.locator('[data-kernel="ready"] [popovertarget]').click();
    expect(await stage.page.locator("[data-kernel]").textContent()).toContain("its native library is not installed");
  });

  test("after a lost connection no event is missing and none is applied twice", async () => {
    stage.server.push(...story.training, story.appended("v1", 0, story.rows(0, 10)));
    await stage.open();
    await plot().scrollIntoViewIfNeeded();
    await expect.poll(() => plot().getAttribute("data-points")).toBe("10");
    stage.expectedFaults = /^WebSocket connection to/;
    stage.server.stop();
    await stage.page.locator('[data-link="reconnecting"]').waitFor();
    stage.server.push(story.appended("v1", 10, story.rows(10, 5)));
    stage.server.resume();
    await stage.live();
    await expect.poll(() => plot().getAttribute("data-points")).toBe("15");
    expect(stage.server.since).toEqual([0, story.training.length + 1]);
    expect((await drawn())[0]?.map((point) => point.step)).toEqual(story.rows(0, 15).map((each) => each.step));
  });

  test("a new log replaces the state of the page", async () => {
    stage.server.push(...story.training);
    await stage.open();
    stage.expectedFaults = /^WebSocket connection to/;
    stage.server.startNewLog({ type: "opened", path: story.path, cells: story.cells.slice(0, 2), inputs: {} });
    await expect.poll(() => stage.page.locator("pal-cell").count()).toBe(2);
    expect(await status("model")).toBe("idle");
  });

  test("a notebook that cannot be opened is reported with the reason", async () => {
    stage.expectedFaults = /^WebSocket connection to|status of 503/;
    stage.server.missing = "radis.ts cannot be opened. Too many files are open.";
    stage.server.missingStatus = 503;
    await stage.page.goto(`${stage.server.origin}/notebook/${story.path}`);
    await stage.page.locator("pal-notices").getByText("Too many files are open.").waitFor();
    expect(await stage.page.locator("[data-link]").getAttribute("data-link")).toBe("gone");
  });

  test("a missing notebook is reported, and the user can try again", async () => {
    stage.expectedFaults = /^WebSocket connection to|status of 404/;
    stage.server.missing = "There is no notebook radis.ts in this workspace.";
    await stage.page.goto(`${stage.server.origin}/notebook/${story.path}`);
    await stage.page.getByText(stage.server.missing).waitFor();
    stage.server.missing = undefined;
    stage.server.push(story.opened);
    await stage.page.getByRole("button", { name: "try again" }).click();
    await stage.live();
    expect(await stage.page.locator("pal-cell").count()).toBe(story.cells.length);
  });

  test("a live chart draws exactly the rows that arrived, and nothing below it moves", async () => {
    stage.server.push(...story.training);
    await stage.open();
    await plot().scrollIntoViewIfNeeded();
    const below = async (): Promise<number | undefined> => (await cell("samples").boundingBox())?.y;
    const before = await below();
    stage.server.push(story.appended("v1", 0, story.rows(0, 30)));
    await expect.poll(() => plot().getAttribute("data-points")).toBe("30");
    // A row without the column of the chart is not drawn.
    stage.server.push(
      story.appended("r1", 0, [...story.rows(0, 20), { step: 21, loss: undefined as unknown as number }]),
    );
    stage.server.push(story.probed("r1", 0, [{ step: 0, general: 1 }]));
    await expect.poll(() => plot().getAttribute("data-points")).toBe("50");
    stage.server.push({
      type: "run-changed",
      run: "r1",
      change: { kind: "knob", step: 20, name: "weight", value: 0.5 },
    });
    await stage.page.getByText("weight = 0.5 at step 20").waitFor();
    expect(await below()).toBe(before);
    const tagged = (run: string, method: string, count: number): Point[] =>
      story.rows(0, count).map((row) => ({ ...row, run, method }));
    expect(await drawn()).toEqual([[...tagged("v1", "vanilla", 30), ...tagged("r1", "radis", 20)]]);
    expect(await plot().locator('[aria-label="line"] path').count()).toBe(2);
    expect(await plot().locator("figure").textContent()).toContain("vanilla");
  });

  test("a chart of many rows draws fewer points and keeps a spike", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const rows = story.rows(0, 9000).map((row) => (row.step === 4321 ? { ...row, loss: 77 } : row));
    stage.server.push(story.appended("v1", 0, rows));
    await plot().scrollIntoViewIfNeeded();
    await expect.poll(() => plot().getAttribute("data-points")).toBe("9000");
    const points = (await drawn())[0] ?? [];
    // At most four points for each pixel that the chart is wide.
    const width = (await plot().boundingBox())!.width;
    expect(points.length).toBeLessThanOrEqual(4 * (width + 1));
    expect(points.length).toBeLessThan(4500);
    expect(points.find((point) => point.step === 4321)?.loss).toBe(77);
    expect(points.at(-1)?.step).toBe(9000);
  });

  test("HTML and markdown of a cell cannot act on the page", async () => {
    stage.expectedFaults = /^Executing inline event handler violates/;
    const hostile =
      '<img src="data:," onerror="document.title=\'caught\'"><a href="javascript:document.title=\'caught\'">x</a>';
    stage.server.push(
      story.opened,
      { type: "cell-started", cell: "samples", generation: 1, snapshot: story.snapshotOf("samples") },
      { type: "cell-output", cell: "samples", generation: 1, output: { kind: "markdown", text: hostile } },
      { type: "cell-output", cell: "samples", generation: 1, output: { kind: "html", html: "<p>from the cell</p>" } },
    );
    await stage.open();
    const link = cell("samples").locator('[data-output="markdown"] a');
    await link.waitFor();
    expect(await link.getAttribute("href")).toBeNull();
    expect(await cell("samples").locator('[data-output="markdown"] img').getAttribute("onerror")).toBeNull();
    const frame = cell("samples").locator("iframe");
    expect(await frame.getAttribute("sandbox")).toBe("");
    expect(await frame.contentFrame().locator("p").textContent()).toBe("from the cell");
    expect(await stage.page.title()).not.toContain("caught");
  });

  test("opening a notebook moves nothing once it is drawn, and its lines have numbers", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const tops = await stage.page.evaluate(`new Promise((done) => {
      const tops = new Set();
      let frames = 0;
      const look = () => {
        const cells = document.querySelector("pal-notebook").shadowRoot.querySelectorAll("pal-cell");
        tops.add([...cells].map((each) => Math.round(each.getBoundingClientRect().top)).join(" "));
        if (++frames < 30) requestAnimationFrame(look);
        else done([...tops]);
      };
      look();
    })`);
    expect(tops).toHaveLength(1);
    const topsOf = (selector: string) =>
      cell("knobs")
        .locator(selector)
        .evaluateAll((all) =>
          all
            .map((each) => each.getBoundingClientRect())
            .flatMap(({ top, height }) => (height > 10 ? [Math.round(top)] : [])),
        );
    expect(await topsOf(".cm-lineNumbers .cm-gutterElement")).toEqual(await topsOf(".cm-line"));
  });

  test("a new generation without outputs does not move the cells below", async () => {
    stage.server.push(...story.training);
    await stage.open();
    const at = async (): Promise<number | undefined> => (await cell("curves").boundingBox())?.y;
    const before = await at();
    stage.server.push({ type: "cell-finished", cell: "training", generation: 1, status: "done", ms: 5 });
    stage.server.push({
      type: "cell-started",
      cell: "training",
      generation: 2,
      snapshot: story.snapshotOf("training"),
    });
    await expect.poll(() => cell("training").locator("pal-run").count()).toBe(0);
    expect(await at()).toBe(before);
  });

  test("the start page lists, opens, creates and duplicates notebooks, and shows a refusal", async () => {
    const details = {
      title: "RaDis",
      summary: "What it is about.",
      cells: 7,
      modified: Date.now(),
      open: true,
      running: true,
    };
    stage.server.listing = { workspace: "/home/ada/experiments", notebooks: [{ path: "radis.ts", ...details }] };
    stage.server.push(story.opened);
    await stage.page.goto(stage.server.origin);
    const row = stage.page.locator('[data-notebook="radis.ts"]');
    expect(await row.textContent()).toMatch(/RaDis.*What it is about\..*7 cells.*running/s);
    await row.locator('[data-action="duplicate"]').click();
    await expect.poll(() => stage.server.posted).toEqual([{ path: "radis-copy.ts", from: "radis.ts" }]);
    await stage.page.locator('input[name="path"]').fill("radis.ts");
    stage.expectedFaults = /status of 409/;
    await stage.page.locator('[data-action="new"]').click();
    await stage.page.getByText("radis.ts already exists.").waitFor();
    await row.getByRole("link").click();
    await stage.live();
    expect(await stage.page.title()).toContain("RaDis");
  });

  test("the theme follows the system until the user switches it, and the choice is stored", async () => {
    stage.server.push(story.opened);
    await stage.page.emulateMedia({ colorScheme: "dark" });
    await stage.open();
    const background = (): Promise<string> =>
      stage.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe("rgb(22, 23, 22)");
    await stage.page.locator('[data-action="theme"]').click();
    expect(await background()).toBe("rgb(253, 252, 250)");
    await stage.page.reload();
    await stage.live();
    expect(await background()).toBe("rgb(253, 252, 250)");
    await stage.page.emulateMedia({ colorScheme: null });
  });
});
