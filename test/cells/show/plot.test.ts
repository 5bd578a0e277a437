import * as RealPlot from "@observablehq/plot";
import { describe, expect, it } from "vitest";
import type { RunTable } from "../../../cells/contracts.ts";
import type { PlotSpec } from "../../../cells/output.ts";
import { Plot } from "../../../cells/show/plot.ts";
import type { Shown } from "../../../cells/show/shown.ts";

function spec(shown: Shown): PlotSpec {
  if (shown.output.kind !== "plot") throw new Error(`not a plot but ${shown.output.kind}`);
  return JSON.parse(JSON.stringify(shown.output.spec));
}

const live: RunTable<{ step: number; loss: number }> = {
  live: { table: "rows", runs: ["one", "two"] },
  length: 1,
  at: () => ({ step: 1, loss: 2 }),
  [Symbol.iterator]: () => [{ step: 1, loss: 2 }][Symbol.iterator](),
};

describe("a recorded plot", () => {
  it("has the names of real marks only", () => {
    for (const name of Object.keys(Plot)) expect(RealPlot).toHaveProperty(name);
  });

  it("has the options, the marks in order, and only those fields of records that are drawn", () => {
    const data = [
      { step: 1, loss: 3, note: "unused" },
      { step: 2, loss: Number.NaN, note: "unused" },
    ];
    const recorded = spec(
      Plot.plot({
        y: { domain: [0, 1], grid: true },
        marks: [Plot.frame(), [null, Plot.lineY(data, { x: "step", y: "loss", stroke: "red" })]],
      }),
    );
    expect(recorded).toEqual({
      options: { y: { domain: [0, 1], grid: true } },
      marks: [
        { mark: "frame", data: null, options: {} },
        {
          mark: "lineY",
          data: { kind: "columns", length: 2, columns: { step: [1, 2], loss: [3, null] } },
          options: { x: "step", y: "loss", stroke: "red" },
        },
      ],
    });
  });

  it("evaluates channels that are functions to columns, next to fields of the same name", () => {
    const data = [{ y: 1 }, { y: 2 }];
    const dots = Plot.dot(data, {
      x: (_d, i) => i,
      y: "y",
      r: { value: (d) => d.y * 10 },
      channels: { y: (d) => -d.y },
    });
    const [mark] = spec(dots.plot()).marks;
    expect(mark).toEqual({
      mark: "dot",
      data: { kind: "columns", length: 2, columns: { x: [0, 1], r: [10, 20], "y′": [-1, -2], y: [1, 2] } },
      options: { x: "x", y: "y", r: { value: "r" }, channels: { y: "y′" } },
    });
  });

  it("filters and sorts with functions in the cell", () => {
    const mark = Plot.dotX([3, 1, 2, 9], { filter: (d: number) => d < 9, sort: (a: number, b: number) => a - b });
    expect(spec(mark.plot()).marks[0]).toMatchObject({
      data: { columns: { value: [1, 2, 3] } },
      options: { x: "value" },
    });
  });

  it("names the columns of plain numbers and pairs as Plot would use them", () => {
    const marks = [Plot.ruleY([0]), Plot.lineY(Float32Array.of(5, 6)), Plot.dot([[1, 2]])];
    expect(spec(Plot.plot({ marks })).marks.map(({ data, options }) => [data, options])).toEqual([
      [{ kind: "columns", length: 1, columns: { value: [0] } }, { y: "value" }],
      [
        { kind: "columns", length: 2, columns: { value: [5, 6], index: [0, 1] } },
        { y: "value", x: "index" },
      ],
      [
        { kind: "columns", length: 1, columns: { 0: [1], 1: [2] } },
        { x: "0", y: "1" },
      ],
    ]);
  });

  it("keeps dates as dates in columns, in plain lists and in options", () => {
    const day = new Date(Date.UTC(2024, 5, 1));
    const recorded = spec(
      Plot.plot({
        x: { domain: [day, new Date(Number.NaN)] },
        marks: [Plot.dot([{ day, y: 1 }], { x: "day", y: "y" }), Plot.ruleX([day])],
      }),
    );
    const written = { $date: day.getTime() };
    expect(recorded.options).toEqual({ x: { domain: [written, null] } });
    expect(recorded.marks.map(({ data }) => data)).toEqual([
      { kind: "columns", length: 1, columns: { day: [written], y: [1] } },
      { kind: "columns", length: 1, columns: { value: [written] } },
    ]);
  });

  it("makes big integers numbers where all are exact, and text with a note where one is not", () => {
    const columnOf = (...values: readonly unknown[]) => {
      const [mark] = spec(
        Plot.dot(
          values.map((x) => ({ x })),
          { x: "x" },
        ).plot(),
      ).marks;
      return [mark?.data?.kind === "columns" && mark.data.columns.x, mark?.notes];
    };
    expect(columnOf(3n, -(2n ** 53n) + 1n)).toEqual([[3, Number.MIN_SAFE_INTEGER], undefined]);
    expect(columnOf(3n, 2n ** 53n + 1n)).toEqual([
      ["3", "9007199254740993"],
      [expect.stringMatching(/^x has integers/)],
    ]);
    expect(columnOf(1, Number.POSITIVE_INFINITY, Number.NaN)).toEqual([
      [1, null, null],
      ["x has 1 infinite value, which is not drawn."],
    ]);
  });

  it("makes columns of channels that are lists, so that each value stays with its item", () => {
    const dots = Plot.dot(
      { length: 2 } as ArrayLike<unknown>,
      { x: [1, 2], y: Float32Array.of(3, 4), fill: ["red"] } as object,
    );
    expect(spec(dots.plot()).marks[0]).toEqual({
      mark: "dot",
      data: { kind: "columns", length: 2, columns: { x: [1, 2], y: [3, 4] } },
      options: { x: "x", y: "y", fill: ["red"] },
    });
  });

  it("of a live table has the runs but no rows", () => {
    const [mark] = spec(Plot.lineY(live, { x: "step", y: "loss", stroke: "method" }).plot()).marks;
    expect(mark?.data).toEqual({ kind: "live", table: "rows", runs: ["one", "two"] });
  });

  it("rejects what the page cannot run, and names the option", () => {
    expect(() => Plot.lineY(live, { x: "step", y: (row) => row.loss })).toThrow(
      "Plot.lineY draws a live table, so its channels must be names of columns, but y is a function",
    );
    expect(() => Plot.plot({ x: { tickFormat: (step: number) => `${step}` } })).toThrow(
      "Plot.plot: x.tickFormat is a function",
    );
    expect(() => Plot.text([1], { render: () => null })).toThrow("Plot.text: render is a function");
  });
});
