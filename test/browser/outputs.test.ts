/** What the page makes of outputs: charts that tell the truth, types that arrive, a console that appends, many outputs. */
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { intervalPlots } from "../../cells/show/interval-plot.ts";
import type { SessionEvent } from "../../server/events.ts";
import { limitedOutput } from "../../server/kernel/output-limits.ts";
import type { Columns, Output, PlotOptions } from "../../server/values.ts";
import { executable } from "./chromium.ts";
import { Stage } from "./stage.ts";
import * as story from "./story.ts";

const part = (x: number): number => x - Math.floor(x);
const random = (i: number, by: number): number => part(Math.sin(i * by) * 43758.5453);
const plot = (mark: string, columns: Columns, options: PlotOptions): Output => {
  const data = { kind: "columns", columns, length: Object.values(columns)[0]?.length ?? 0 } as const;
  return { kind: "plot", spec: { options: {}, marks: [{ mark, data, options }] } };
};

describe.skipIf(!executable)("outputs on the page", () => {
  const stage = new Stage();
  const { cell } = stage;
  const started: SessionEvent = {
    type: "cell-started",
    cell: "model",
    generation: 1,
    snapshot: story.snapshotOf("model"),
  };
  const shown = (output: Output): SessionEvent => ({ type: "cell-output", cell: "model", generation: 1, output });
  const chart = (): Locator => cell("model").locator("pal-plot");
  const open = async (...outputs: Output[]): Promise<void> => {
    stage.server.push(story.opened, started, ...outputs.map(shown));
    await stage.open();
  };

  test("a scatter of 100,000 points keeps its shape, says what it shows, and leaves the page fast", async () => {
    const index = Array.from({ length: 100_000 }, (_, i) => i);
    const columns = { x: index.map((i) => random(i, 12.9898)), y: index.map((i) => random(i, 78.233)) };
    const output = limitedOutput(plot("dot", columns, { x: "x", y: "y", r: 1 }) as never);
    await open(output as Output);
    await chart().locator("circle").first().waitFor();
    expect(await chart().locator("circle").count()).toBe(20_000);
    expect(await chart().locator(".note").allTextContents()).toEqual(["Shows 20,000 of 100,000 points."]);
    const middle = await chart().evaluate((element) => {
      const { points } = element as unknown as { points: { y: number }[][] };
      return points[0]!.filter(({ y }) => y > 0.25 && y < 0.75).length / points[0]!.length;
    });
    expect(middle).toBeGreaterThan(0.48);
    expect(middle).toBeLessThan(0.52);
    const before = Date.now();
    await stage.editor("model").click();
    await stage.page.keyboard.type("fast");
    await expect.poll(() => stage.textOf("model")).toContain("fast");
    expect(Date.now() - before).toBeLessThan(3000);
  });

  test("the picture of a report has a dot for each score inside its interval, and names every measure", async () => {
    const score = (method: string, measure: string, value: number) => {
      const interval = { low: value - 0.1, high: value + 0.05, items: 40 };
      return { method, measure, score: value, ...interval, better: "higher", unit: "share" } as const;
    };
    const measures = ["chrf", "chrf English→Brazilian Portuguese", "refusal"];
    const scores = measures.flatMap((measure, i) => [
      score("base", measure, 0.3 + 0.1 * i),
      score("radis", measure, 0.6 + 0.1 * i),
    ]);
    await open(...intervalPlots(scores));
    await chart().locator("circle").first().waitFor();
    const [dots, lines] = [chart().locator('[aria-label="dot"] circle'), chart().locator('[aria-label="rule"] line')];
    expect([await dots.count(), await lines.count()]).toEqual([6, 6]);
    for (let i = 0; i < 6; i += 1) {
      const [dot, line] = [(await dots.nth(i).boundingBox())!, (await lines.nth(i).boundingBox())!];
      const middle = dot.x + dot.width / 2;
      expect(line.x).toBeLessThan(middle);
      expect(line.x + line.width).toBeGreaterThan(middle);
      expect(line.x + line.width - middle).toBeLessThan(middle - line.x);
    }
    const picture = (await chart().locator("svg").last().boundingBox())!;
    for (const measure of measures) {
      const label = (await chart().getByText(measure, { exact: true }).boundingBox())!;
      expect(label.x).toBeGreaterThanOrEqual(picture.x);
      expect(label.x + label.width).toBeLessThanOrEqual(picture.x + picture.width);
    }
  });

  test("stacked areas keep their totals: every point is drawn", async () => {
    const length = 30_000;
    const index = Array.from({ length }, (_, i) => i);
    const columns = {
      t: index.map((i) => i >> 1),
      y: index.map((i) => (i % 2 ? 1 : 2)),
      s: index.map((i) => `s${i % 2}`),
    };
    await open(plot("areaY", columns, { x: "t", y: "y", fill: "s" }));
    await expect.poll(() => chart().locator('[aria-label="area"] path').count()).toBe(2);
    const drawn = await chart().evaluate((element) => {
      const { points } = element as unknown as { points: unknown[][] };
      return points[0]!.length;
    });
    expect(drawn).toBe(length);
    expect(await chart().locator(".note").count()).toBe(0);
  });

  test("more bars than can be drawn are not drawn, and the chart says why", async () => {
    const columns = { x: Array.from({ length: 100_001 }, (_, i) => i) };
    await open(plot("barX", columns, { x: "x" }));
    await chart().getByText("This chart cannot be drawn. Its mark barX has 100,001 items").waitFor();
  });

  test("dates get a time axis with points in proportion", async () => {
    const days = ["2024-01-01", "2024-01-02", "2024-06-01"].map((day) => ({ $date: Date.parse(day) }));
    await open(plot("dot", { d: days, y: [0, 1, 2] }, { x: "d", y: "y" }));
    await chart().locator("circle").nth(2).waitFor();
    const at = await chart()
      .locator("circle")
      .evaluateAll((circles) => circles.map((each) => Number(each.getAttribute("cx"))));
    expect((at[1]! - at[0]!) / (at[2]! - at[0]!)).toBeCloseTo(1 / 152, 3);
    const ticks = await chart().locator('[aria-label="x-axis tick label"] text').allTextContents();
    expect(ticks.join(" ")).toMatch(/Feb|Mar|Apr/);
  });

  test("a table shows dates, big integers, NaN and infinities as what they are", async () => {
    const row = [
      { $date: Date.UTC(2024, 1, 29) },
      { $date: Date.UTC(2024, 1, 29, 12, 30) },
      { $bigint: "18446744073709551617" },
      { $number: "NaN" } as const,
      { $number: "-Infinity" } as const,
      null,
    ];
    await open({ kind: "table", columns: ["a", "b", "c", "d", "e", "f"], rows: [row], total: 1 });
    expect(await cell("model").locator("pal-table td").allTextContents()).toEqual([
      "2024-02-29",
      "2024-02-29T12:30:00Z",
      "18446744073709551617",
      "NaN",
      "-∞",
      "–",
    ]);
  });

  test("a long table far from the screen has no rows, and the same height as with them", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => [i, `row ${i}`]);
    const table: Output = { kind: "table", columns: ["a", "b"], rows, total: 500 };
    await open(table, table, table, table, table, table);
    const last = cell("model").locator("pal-table").last();
    await cell("model").locator("pal-table").first().locator("tbody tr").nth(499).waitFor();
    expect(await last.locator("tr").count()).toBe(0);
    const { height } = (await last.boundingBox())!;
    await last.scrollIntoViewIfNeeded();
    await last.locator("tbody tr").nth(499).waitFor();
    expect((await last.boundingBox())!.height).toBe(height);
  });

  test("console lines that are there stay the same elements while others come and go", async () => {
    const lines = (from: number, count: number): SessionEvent => ({
      type: "cell-console",
      cell: "model",
      generation: 1,
      lines: Array.from({ length: count }, (_, i) => ({ level: "log", text: `line ${from + i}` })),
    });
    stage.server.push(story.opened, started, lines(0, 1900));
    await stage.open();
    const console = cell("model").locator("pal-console");
    await console.getByText("line 1899", { exact: true }).waitFor();
    await console.evaluate((element) => {
      for (const each of element.shadowRoot!.querySelectorAll(".lines > *")) Reflect.set(each, "seen", true);
    });
    stage.server.push(lines(1900, 300));
    await console.getByText("line 2199", { exact: true }).waitFor();
    const found = await console.evaluate((element) =>
      [...element.shadowRoot!.querySelectorAll(".lines > *")].map((each) => [
        each.textContent,
        Reflect.has(each, "seen"),
      ]),
    );
    expect(found.map(([text]) => text)).toEqual(Array.from({ length: 2000 }, (_, i) => `line ${200 + i}`));
    expect(found.filter(([, seen]) => seen)).toHaveLength(1700);
  });

  test("a cell that shows 500 outputs one by one shows them all, soon", async () => {
    await open();
    const before = Date.now();
    for (let i = 0; i < 500; i++) stage.server.push(shown({ kind: "text", text: `output ${i}` }));
    await expect.poll(() => cell("model").locator("[data-output]").count(), { timeout: 8000 }).toBe(500);
    expect(Date.now() - before).toBeLessThan(8000);
  });
});
