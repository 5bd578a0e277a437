/** What `palimpsest run` prints of a cell's outputs. */
import { expect, it } from "vitest";
import { inspect } from "../../../cells/show/inspect.ts";
import { outputText } from "../../../server/command/output-text.ts";
import type { Output } from "../../../server/values.ts";

const printed = (output: Output, width = 100): string[] =>
  outputText([{ cell: "c", outputs: [output] }], width)
    .split("\n")
    .slice(1, -2);

it("prints the first rows of a table in aligned columns, and counts the rest", () => {
  const rows = Array.from({ length: 200 }, (_, n) => [`row ${n}`, n * 1000, n / 3]);
  const lines = printed({ kind: "table", columns: ["name", "count", "share"], rows, total: 200 });
  expect(lines.slice(0, 3)).toEqual(["  name   count    share", "  row 0      0        0", "  row 1   1000  0.33333"]);
  expect([lines.length, lines.at(-1)]).toEqual([12, "  … 190 more"]);
});

it("aligns wide characters, and keeps line breaks out of a table", () => {
  const rows = [
    ["漢字", "a\nb"],
    ["abc", "x\ty"],
  ];
  expect(printed({ kind: "table", columns: ["t", "u"], rows, total: 2 })).toEqual([
    "  t     u",
    "  漢字  a b",
    "  abc   x y",
  ]);
});

it("leaves out the columns that do not fit, and counts them", () => {
  const columns = ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"];
  expect(printed({ kind: "table", columns, rows: [[1, 2, 3]], total: 1 }, 30)).toEqual([
    "  aaaaaaaaaa  bbbbbbbbbb",
    "           1           2",
    "  … 1 more column",
  ]);
});

it("prints dates, missing values and numbers that JSON does not have", () => {
  const rows = [[{ $date: 0 }, null, { $number: "NaN" }, { $bigint: "12345678901234567890" }, true]] as const;
  expect(
    printed({ kind: "table", columns: ["a", "b", "c", "d", "e"], rows, total: 1 })
      .at(-1)
      ?.trim(),
  ).toBe("1970-01-01T00:00:00.000Z     NaN  12345678901234567890  true");
});

it("prints markdown as text, the first lines of it", () => {
  expect(printed({ kind: "markdown", text: "# Counts\n\n- 3 *bad* rows\n" })).toEqual([
    "  # Counts",
    "",
    "  - 3 *bad* rows",
  ]);
  const long = printed({ kind: "markdown", text: Array.from({ length: 60 }, (_, n) => `line ${n}`).join("\n") });
  expect([long.length, long.at(-1)]).toEqual([41, "  … 20 more lines"]);
});

it.each([
  [{ a: 1, b: "two", c: [1, 2] }, "{a: 1, b: two, c: Array(2) [1, 2]}"],
  [Array.from({ length: 30 }, (_, n) => n), "Array(30) [0, 1, 2, 3, 4, 5, 6, 7, … 22 more]"],
  [3.25, "3.25"],
  [undefined, "undefined"],
])("inspects %j", (value, line) => {
  expect(printed({ kind: "value", value: inspect(value) })).toEqual([`  ${line}`]);
});

it("says what a chart has, and prints nothing for a run or a cell without outputs", () => {
  const mark = { mark: "lineY", data: null, options: {} };
  expect(printed({ kind: "plot", spec: { options: {}, marks: [mark, mark, mark] } })).toEqual(["  chart: 3 marks"]);
  expect(
    outputText(
      [
        { cell: "r", outputs: [{ kind: "run", run: "r1" }] },
        { cell: "n", outputs: [] },
      ],
      80,
    ),
  ).toBe("");
});

it.each<[string, (text: string) => Output]>([
  ["markdown", (text) => ({ kind: "markdown", text })],
  ["text", (text) => ({ kind: "text", text })],
  ["a table", (text) => ({ kind: "table", columns: [text], rows: [[text]], total: 1 })],
  ["a value", (text) => ({ kind: "value", value: inspect(text) })],
  ["a record", (text) => ({ kind: "value", value: inspect({ [text]: text, f: [text] }) })],
  ["an image", (text) => ({ kind: "image", mime: text, base64: "" })],
])("lets no control character through in %s", (_kind, output) => {
  const attack = "a\x1b[2J\x1b]0;title\x07b\x9b31mc\u202ed\x00\x7f\r\u2066e\x1bPq\x1b\\";
  const text = outputText([{ cell: attack, outputs: [output(attack)] }], 100);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the control characters are what is looked for
  expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
});
