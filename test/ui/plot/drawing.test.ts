import { expect, test } from "vitest";
import type { RunState } from "../../../server/state/state.ts";
import type { PlotSpec } from "../../../server/values.ts";
import { allowedOptions } from "../../../ui/plot/allowed-options.ts";
import { drawing, type Frame, heightOf } from "../../../ui/plot/drawing.ts";
import { TaggedRows } from "../../../ui/plot/points.ts";

const run = (
  id: string,
  method: string,
  losses: readonly number[],
  status: RunState["status"] = "running",
): RunState => ({
  info: { id, cell: "training", generation: 1, snapshot: "", method, steps: 300, config: {}, knobs: {}, folder: id },
  status,
  rows: losses.map((loss, i) => ({ step: i + 1, loss })),
  probes: [],
  changes: [],
  checkpoints: [],
});
const frame: Frame = { width: 600, size: "regular" };
const curve: PlotSpec = {
  options: {},
  marks: [
    {
      mark: "lineY",
      data: { kind: "live", table: "rows", runs: ["a", "b", "gone"] },
      options: { x: "step", y: "loss", stroke: "method" },
    },
  ],
};

test("a sample of points says so, and counts what the kernel left out; a thinned line looks the same and says nothing", () => {
  const column = Array.from({ length: 50_000 }, (_, i) => Math.sin(i * i));
  const spec = (mark: string, more: object = {}): PlotSpec => ({
    options: {},
    marks: [
      {
        mark,
        data: { kind: "columns", columns: { x: column.map((_, i) => i), y: column }, length: column.length, ...more },
        options: { x: "x", y: "y" },
      },
    ],
  });
  const drawn = (given: PlotSpec) => drawing(given, {}, new TaggedRows(), frame);
  expect(drawn(spec("dot")).notes).toEqual(["Shows 20,000 of 50,000 points."]);
  expect(drawn(spec("dot", { total: 1_000_000 })).notes).toEqual(["Shows 20,000 of 1,000,000 points."]);
  const line = drawn(spec("lineY"));
  expect(line.notes).toEqual([]);
  expect(line.marks[0]?.total).toBe(50_000);
  expect(line.marks[0]?.points?.length).toBeLessThanOrEqual(4 * (frame.width + 1));
});

test("dates are dates again, also in the options", () => {
  const time = Date.UTC(2024, 0, 2);
  const spec: PlotSpec = {
    options: { x: { domain: [{ $date: 0 }, { $date: time }] } },
    marks: [
      {
        mark: "dot",
        data: { kind: "columns", columns: { d: [{ $date: time }, null] }, length: 2 },
        options: { x: "d" },
      },
    ],
  };
  const { marks, options } = drawing(spec, {}, new TaggedRows(), frame);
  expect(marks[0]?.points).toEqual([{ d: new Date(time) }, { d: null }]);
  expect(allowedOptions(options).x).toEqual({ domain: [new Date(0), new Date(time)] });
});

test("two runs of one method are two lines, and the axis covers all steps while they train", () => {
  const runs = { a: run("a", "radis", [3, 2]), b: run("b", "radis", [4]) };
  const { marks, options } = drawing(curve, runs, new TaggedRows(), frame);
  expect(marks[0]?.options.z).toBe("run");
  expect(marks[0]?.points?.map((each) => [each.run, each.step, each.loss])).toEqual([
    ["a", 1, 3],
    ["a", 2, 2],
    ["b", 1, 4],
  ]);
  expect(options.x).toEqual({ domain: [0, 300] });
  const over = { a: run("a", "radis", [3, 2], "stopped"), b: run("b", "radis", [4], "done") };
  expect(drawing(curve, over, new TaggedRows(), frame).options.x).toEqual({});
});

test("a method has the same colour in all charts of a notebook", () => {
  const runs = { a: run("a", "vanilla", [3]), b: run("b", "radis", [4]) };
  const colorOf = (spec: PlotSpec, name: string): unknown => {
    const { domain, range } = drawing(spec, runs, new TaggedRows(), frame).options.color as {
      domain: string[];
      range: string[];
    };
    return range[domain.indexOf(name)];
  };
  const bars: PlotSpec = {
    options: {},
    marks: [
      {
        mark: "barX",
        data: { kind: "columns", columns: { who: ["base", "radis"], general: [1, 0.6] }, length: 2 },
        options: { x: "general", y: "who", fill: "who" },
      },
    ],
  };
  expect(colorOf(bars, "radis")).toBe(colorOf(curve, "radis"));
  const listed = { ...curve, options: { color: { domain: ["radis", "vanilla"] } } };
  expect(colorOf(listed, "radis")).toBe(colorOf(curve, "radis"));
  expect(new Set([colorOf(bars, "base"), colorOf(curve, "vanilla"), colorOf(curve, "radis")]).size).toBe(3);
});

test("appended rows are tagged once, and a replaced run is read again", () => {
  const tagged = new TaggedRows();
  const data = { kind: "live", table: "rows", runs: ["a"] } as const;
  const first = run("a", "radis", [3]);
  const grown = { ...first, rows: [...first.rows, { step: 2, loss: 2 }] };
  const before = tagged.of(data, { a: first })[0];
  const after = tagged.of(data, { a: grown });
  expect(after[0]).toBe(before);
  expect(after.map((each) => each.loss)).toEqual([3, 2]);
  expect(tagged.of(data, { a: run("a", "radis", [9, 8, 7]) }).map((each) => each.loss)).toEqual([9, 8, 7]);
});

test("the height of a chart does not depend on its data", () => {
  expect(heightOf({ options: { height: 123 }, marks: [] }, "regular")).toBe(123);
  expect(drawing(curve, {}, new TaggedRows(), frame).options.height).toBe(heightOf(curve, frame.size));
});
