/** Sorting, filtering and saving the rows of a shared table. */
import { expect, it } from "vitest";
import { csvOf } from "../../../ui/share/save-file.ts";
import { filtered, sorted } from "../../../ui/share/table-rows.ts";

const by = (column: number, direction: "ascending" | "descending") => ({ by: "column", column, direction }) as const;

it("sorts numbers by size and texts as people do, with missing values last", () => {
  const rows = [[10], [9], [null], [{ $bigint: "100" }], [{ $number: "-Infinity" } as const]];
  expect(sorted(rows, by(0, "ascending")).flat()).toEqual([{ $number: "-Infinity" }, 9, 10, { $bigint: "100" }, null]);
  expect(sorted(rows, by(0, "descending")).flat().at(-1)).toBeNull();
  expect(sorted([["r10"], ["r9"]], by(0, "ascending")).flat()).toEqual(["r9", "r10"]);
  expect(sorted(rows, { by: "given" })).toBe(rows);
});

it("filters by words in any column", () => {
  const rows = [
    ["Apple pie", 1],
    ["apple", 2],
    ["pear", 3],
  ];
  expect(filtered(rows, "apple PIE")).toEqual([["Apple pie", 1]]);
  expect(filtered(rows, "2")).toEqual([["apple", 2]]);
  expect(filtered(rows, " ")).toBe(rows);
});

it("saves all digits, dates, and texts with commas and quotes", () => {
  const rows = [[0.1234567891234, { $date: 0 }, 'say "a, b"', null, { $number: "NaN" } as const]];
  expect(csvOf({ columns: ["x", "when", "text", "none", "nan"], rows })).toBe(
    'x,when,text,none,nan\r\n0.1234567891234,1970-01-01T00:00:00.000Z,"say ""a, b""",,NaN\r\n',
  );
});
