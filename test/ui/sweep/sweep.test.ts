/** The order of the tables, the words for what varies, and what the charts of a sweep draw. */
import { describe, expect, it } from "vitest";
import type { ListedRow, SweepDetails } from "../../../server/sweep/api.ts";
import { heatDrawing, paretoDrawing } from "../../../ui/sweep/charts.ts";
import { measured, variesText } from "../../../ui/sweep/settings-text.ts";
import { nextSort, type Sort, sorted } from "../../../ui/sweep/sorting.ts";

describe("sorting", () => {
  const rows = [2, undefined, 10, 1];
  const by = (direction: "ascending" | "descending") => sorted(rows, { column: "x", direction }, (row) => row);

  it("keeps what has no value last in both directions, and numbers by size", () => {
    expect(by("ascending")).toEqual([1, 2, 10, undefined]);
    expect(by("descending")).toEqual([10, 2, 1, undefined]);
    expect(sorted(["b10", "b9", "a"], { column: "x", direction: "ascending" }, (row) => row)).toEqual([
      "a",
      "b9",
      "b10",
    ]);
    expect(sorted(rows, undefined, (row) => row)).toBe(rows);
  });

  it("goes from descending over ascending back to the first order", () => {
    const first = nextSort(undefined, "x");
    const clicks = [first, nextSort(first, "x"), nextSort(nextSort(first, "x"), "x"), nextSort(first, "y")];
    expect(clicks.map((sort: Sort) => sort && `${sort.column} ${sort.direction}`)).toEqual([
      ...["x descending", "x ascending", undefined, "y descending"],
    ]);
  });
});

it("says what varies, shortened", () => {
  expect(variesText({ inputs: [{ name: "rank", values: ["2", "8"] }], seeds: 3 })).toBe("rank 2, 8 · 3 seeds");
  const many = Array.from({ length: 9 }, (_, at) => String(at));
  expect(variesText({ inputs: [{ name: "rate", values: many }], seeds: 1 })).toBe("rate 0 … 8 (9 values)");
  expect(variesText({ inputs: [], seeds: 1 })).toBe("1 seed");
  expect([measured(0.123456), measured(7), measured(-1234.56)]).toEqual(["0.1235", "7", "-1235"]);
});

const row = (rank: number, x: number, y: number, place: ListedRow["place"]): ListedRow => ({
  ...{ settings: { rank }, method: "m", seeds: 2, place },
  measures: {
    chrf: { mean: x, low: x - 1, high: x + 1, seeds: 2 },
    ter: { mean: y, low: y, high: y, seeds: 2 },
  },
});
const AXES: NonNullable<SweepDetails["axes"]> = [
  { column: "chrf", better: "higher" },
  { column: "ter", better: "lower" },
];

it("draws the front as a line with its filled points in order, intervals of all, and better values up and to the right", () => {
  const other: ListedRow = { ...row(16, 0, 0, "none"), measures: {} };
  const drawn = paretoDrawing(
    [row(4, 3, 2, "front"), row(2, 1, 1, "front"), row(8, 2, 9, "behind"), other],
    AXES,
    ["rank"],
    400,
  );
  const [line, across, , behind, front] = drawn.marks;
  expect(line!.points?.map(({ x }) => x)).toEqual([1, 3]);
  expect(across!.points?.map(({ x1, x2 }) => [x1, x2])).toEqual([
    [2, 4],
    [0, 2],
    [1, 3],
  ]);
  expect([behind!.total, front!.total]).toEqual([1, 2]);
  expect(front!.points?.[0]?.text).toBe("m, rank 4\nchrf: 3\nter: 2");
  expect(drawn.options).toMatchObject({
    x: { label: "chrf", reverse: false },
    y: { label: "ter (less is better)", reverse: true },
    ariaLabel: "Pareto front of chrf and ter: m, rank 2; m, rank 4",
  });
});

it("draws a cell for each pair that is done, darker for larger values", () => {
  const drawn = heatDrawing(
    {
      ...{ method: "m", measure: "chrf", rows: { name: "rank", values: ["2", "4"] } },
      columns: { name: "weight", values: ["0", "1"] },
      cells: [
        [{ mean: 1, level: 0 }, undefined],
        [
          { mean: 2, level: 0.5 },
          { mean: 3, level: 1 },
        ],
      ],
    },
    400,
  );
  const points = drawn.marks[0]!.points!;
  expect(points.map(({ x, y, value }) => [x, y, value])).toEqual([
    ["0", "2", "1"],
    ["0", "4", "2"],
    ["1", "4", "3"],
  ]);
  const shades = points.map(({ shade }) => Number(shade));
  expect(shades).toEqual([...shades].sort((a, b) => a - b));
  expect(drawn.options.ariaLabel).toBe("m: chrf over rank and weight");
});
