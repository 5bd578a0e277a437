import { expect, test } from "vitest";
import type { Output } from "../../../cells/output.ts";
import {
  limitedOutput,
  MARKDOWN_CHARACTERS,
  OUTPUTS,
  OutputCount,
  TEXT_CHARACTERS,
} from "../../../server/kernel/output-limits.ts";
import { TABLE_CELLS } from "../../../server/kernel/output-table.ts";

const plotOf = (mark: string, length: number, options: object = { x: "x", y: "y" }): Output => {
  const [x, y] = [Array.from({ length }, (_, i) => i), Array.from({ length }, (_, i) => Math.sin(i * i))];
  const data = { kind: "columns", columns: { x, y }, length } as const;
  return { kind: "plot", spec: { options: {}, marks: [{ mark, data, options: { ...options } }] } };
};

test("ordinary outputs are sent as they are", () => {
  const table: Output = { kind: "table", columns: ["a"], rows: [[1], ["x"]], total: 2 };
  for (const output of [plotOf("dot", 20_000), plotOf("barY", 80_000), table, { kind: "text", text: "x" } as const])
    expect(limitedOutput(output)).toBe(output);
});

test.each([
  ["dot", 20_000, 20_000],
  ["lineY", 4 * 4096, 10_000],
])(
  "a %s chart of a million points is thinned before it is sent, and knows how many there were",
  (mark, most, least) => {
    const output = limitedOutput(plotOf(mark, 1_000_000));
    const data = output.kind === "plot" && output.spec.marks[0]?.data;
    if (data === false || data?.kind !== "columns") throw new Error("not a chart of columns");
    expect(data.total).toBe(1_000_000);
    expect(data.length).toBeGreaterThanOrEqual(least);
    expect(data.length).toBeLessThanOrEqual(most + 4);
    expect(data.columns.x).toHaveLength(data.length);
    expect(JSON.stringify(output).length).toBeLessThan(1_000_000);
  },
);

test.each(["text", "markdown"] as const)("a %s that is too long is cut, and says how much is missing", (kind) => {
  const limit = kind === "text" ? TEXT_CHARACTERS : MARKDOWN_CHARACTERS;
  const output = limitedOutput({ kind, text: "y".repeat(limit + 12) });
  expect(output.kind === kind && output.text.endsWith("yy\n\n… (12 more characters are not shown)")).toBe(true);
});

test("a table has a limit of cells, and a cell one of characters; both say what is left out", () => {
  const wide: Output = { kind: "table", columns: ["a", "b"], rows: Array(60_000).fill([1, 2]), total: 70_000 };
  expect(limitedOutput(wide)).toMatchObject({ total: 70_000, rows: { length: TABLE_CELLS / 2 } });
  const long = limitedOutput({ kind: "table", columns: ["a"], rows: [["z".repeat(1e6)]], total: 1 });
  expect(long.kind === "table" && String(long.rows[0]?.[0]).slice(-29)).toBe("zzz… (990000 more characters)");
  const columns = Array.from({ length: TABLE_CELLS + 3 }, (_, i) => `c${i}`);
  const widest = limitedOutput({ kind: "table", columns, rows: [columns.map(() => 1)], total: 1 });
  expect(widest.kind === "table" && widest.columns.at(-1)).toBe("… (3 more columns are not shown)");
});

test.each([
  [
    { kind: "html", html: "z".repeat(9e6) },
    /^This HTML output has 9\.0 MB; at most 8\.0 MB can be shown\. Show less of it\.$/,
  ],
  [{ kind: "image", mime: "image/png", base64: "z".repeat(9e6) }, /^This image has 9\.0 MB/],
  [
    { kind: "table", columns: ["a"], rows: Array(900).fill(["z".repeat(1e6)]), total: 900 },
    /^This table has 9\.0 MB.*limit/,
  ],
  [plotOf("barY", 1e6), /^This chart has 38\.0 MB.*fewer points/],
] as [Output, RegExp][])("what cannot be cut is replaced by a sentence: $kind", (output, sentence) => {
  expect(limitedOutput(output)).toEqual({ kind: "text", text: expect.stringMatching(sentence) });
});

test("a cell that shows without end shows the first ones, and says so once", () => {
  const count = new OutputCount();
  const sent = Array.from({ length: OUTPUTS + 50 }, (_, index) => count.next({ kind: "text", text: String(index) }));
  const shown = sent.filter((output) => output !== undefined);
  expect(shown).toHaveLength(OUTPUTS + 1);
  expect(shown.at(-1)).toEqual({ kind: "text", text: expect.stringMatching(/more than 500 outputs/) });
});

test("what a cell shows beyond the limit costs nothing", () => {
  const count = new OutputCount();
  const output = plotOf("dot", 100_000);
  for (let i = 0; i <= OUTPUTS; i += 1) count.next({ kind: "text", text: "x" });
  const begun = performance.now();
  for (let i = 0; i < 60_000; i += 1) expect(count.next(output)).toBeUndefined();
  expect(performance.now() - begun).toBeLessThan(5000);
});
