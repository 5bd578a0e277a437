import { expect, test } from "vitest";
import type { Output } from "../../../cells/output.ts";
import { limitedOutput, OUTPUT_CHARACTERS, OUTPUTS, OutputCount } from "../../../server/kernel/output-limits.ts";

test("ordinary outputs are sent as they are", () => {
  const column = Array.from({ length: 100_000 }, (_, index) => index / 7);
  const data = { kind: "columns", columns: { x: column, y: column }, length: column.length } as const;
  const plot: Output = { kind: "plot", spec: { options: {}, marks: [{ mark: "dot", data, options: {} }] } };
  for (const output of [plot, { kind: "text", text: "x" } as const]) expect(limitedOutput(output)).toBe(output);
});

test("a text that is too long is cut, and says how much is missing", () => {
  const output = limitedOutput({ kind: "markdown", text: "y".repeat(OUTPUT_CHARACTERS + 12) });
  expect(output.kind).toBe("markdown");
  expect(output.kind === "markdown" && output.text.endsWith("yy\n\n… (12 more characters are not shown)")).toBe(true);
});

test.each([
  [
    { kind: "html", html: "z".repeat(9e6) },
    /^This HTML output has 9\.0 MB; at most 8\.0 MB can be shown\. Show less of it\.$/,
  ],
  [{ kind: "image", mime: "image/png", base64: "z".repeat(9e6) }, /^This image has 9\.0 MB/],
  [
    { kind: "table", columns: ["a"], rows: Array(9).fill(["z".repeat(1e6)]), total: 9 },
    /^This table has 9\.0 MB.*limit/,
  ],
  [
    {
      kind: "plot",
      spec: {
        options: {},
        marks: [
          { mark: "dot", data: { kind: "columns", columns: { x: Array(1e6).fill(0.1) }, length: 1e6 }, options: {} },
        ],
      },
    },
    /^This chart has 19\.0 MB.*fewer points/,
  ],
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
