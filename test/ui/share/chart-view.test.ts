/** What a reader sees of a chart when series are hidden and a part of the x axis is chosen. */
import { expect, it } from "vitest";
import type { PlotSpec } from "../../../server/values.ts";
import { canZoom, seriesOf, spanOf, tableOf, viewOf } from "../../../ui/share/chart-view.ts";

const day = (n: number) => ({ $date: Date.UTC(2026, 0, n) });
const lines: PlotSpec = {
  options: { color: { domain: ["a", "b"], range: ["red", "blue"], legend: true }, x: { label: "step" } },
  marks: [
    {
      mark: "line",
      data: { kind: "columns", columns: { x: [1, 2, 1, 2], y: [5, 6, 7, 8], s: ["a", "a", "b", "b"] }, length: 4 },
      options: { x: "x", y: "y", stroke: "s" },
    },
    { mark: "ruleY", data: { kind: "columns", columns: { limit: [6] }, length: 1 }, options: { y: "limit" } },
    { mark: "frame", data: null, options: {} },
  ],
};
const NOTHING = { hidden: new Set<string>() };

it("hides the points of a series, and nothing of marks that have no series", () => {
  const { marks, options } = viewOf(lines, { hidden: new Set(["a"]) });
  expect(marks[0]!.data).toEqual({ kind: "columns", columns: { x: [1, 2], y: [7, 8], s: ["b", "b"] }, length: 2 });
  expect(marks.slice(1)).toEqual(lines.marks.slice(1));
  // Colours stay those of the whole chart.
  expect(options.color).toMatchObject({ domain: ["a", "b"], range: ["red", "blue"], legend: false });
});

it("shows the points between two values of x", () => {
  const { marks, options } = viewOf(lines, { ...NOTHING, zoom: [2, 3] });
  expect(marks[0]!.data).toMatchObject({ columns: { x: [2, 2] }, length: 2 });
  expect(options.x).toEqual({ label: "step", domain: [2, 3] });
  expect(marks[1]).toEqual(lines.marks[1]);
});

it("zooms over dates", () => {
  const dates: PlotSpec = {
    options: {},
    marks: [
      {
        mark: "dot",
        data: { kind: "columns", columns: { t: [day(1), day(2), day(3)] }, length: 3 },
        options: { x: "t" },
      },
    ],
  };
  expect(spanOf(dates)).toEqual([day(1).$date, day(3).$date]);
  const { marks, options } = viewOf(dates, { ...NOTHING, zoom: [day(2).$date, day(3).$date] });
  expect(marks[0]!.data).toMatchObject({ length: 2 });
  expect(options.x).toEqual({ domain: [day(2), day(3)] });
});

it("does not zoom where x is names, or where there are facets", () => {
  expect(canZoom(lines)).toBe(true);
  const [line] = lines.marks;
  expect(canZoom({ ...lines, marks: [{ ...line!, options: { x: "s", y: "y" } }] })).toBe(false);
  expect(canZoom({ ...lines, marks: [{ ...line!, options: { x: "x", fx: "s" } }] })).toBe(false);
});

it("knows the series only where colours are those of names", () => {
  expect(seriesOf(lines)).toEqual([
    { name: "a", color: "red" },
    { name: "b", color: "blue" },
  ]);
  expect(seriesOf({ ...lines, options: { color: { scheme: "blues" } } })).toEqual([]);
});

it("is one table, with the points of marks that draw the same once", () => {
  const twice = { ...lines, marks: [lines.marks[0]!, { ...lines.marks[0]!, mark: "dot" }] };
  expect(tableOf(twice)).toMatchObject({ columns: ["x", "y", "s"], total: 4 });
  const both = tableOf(lines);
  expect(both.columns).toEqual(["mark", "x", "y", "s", "limit"]);
  expect(both.rows.at(-1)).toEqual(["ruleY", null, null, null, 6]);
});
