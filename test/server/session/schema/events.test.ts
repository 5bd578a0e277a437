import { describe, expect, it, test } from "vitest";
import { fromKernel, sessionEvent } from "../../../../server/session/schema/events.ts";
import { checked } from "../../../../server/session/schema/fault.ts";

const ofCell = { cell: "a", generation: 1 };

describe("messages of a kernel", () => {
  test.each([
    { type: "cell-settled", ...ofCell },
    { type: "cell-finished", ...ofCell, status: "failed", error: { kind: "runtime", message: "no" }, ms: 3 },
    { type: "cell-output", ...ofCell, output: { kind: "table", columns: ["x"], rows: [[1], [null], ["a"]], total: 3 } },
    {
      type: "cell-output",
      ...ofCell,
      output: {
        kind: "plot",
        spec: {
          options: { y: { grid: true } },
          marks: [
            { mark: "dot", data: { kind: "columns", columns: { x: [1, null] }, length: 2 }, options: { x: "x" } },
            { mark: "ruleY", data: null, options: {} },
          ],
        },
      },
    },
    {
      type: "cell-output",
      ...ofCell,
      output: {
        kind: "value",
        value: {
          kind: "record",
          name: "Object",
          size: 1,
          entries: [["a", { kind: "primitive", text: "1", type: "number" }]],
        },
      },
    },
    { type: "run-rows", run: "r1", table: "rows", from: 0, rows: [{ step: 1, loss: null, translation: 0.5 }] },
    { type: "run-rows", run: "r1", table: "probes", from: 0, rows: [{ step: 0, chrf: 0.2 }] },
    {
      type: "input-declared",
      ...ofCell,
      name: "n",
      live: false,
      spec: { kind: "number", label: "n", value: 1 },
      value: 1,
    },
    { type: "tensors", total: 4, cells: { a: { bytes: 4, count: 1 } } },
  ])("are taken as they are: $type", (message) => {
    expect(checked(fromKernel, message)).toEqual({ value: message });
  });

  test.each([
    ["ready", /Invalid type/],
    [null, /Invalid type/],
    [{}, /"type"/],
    [{ type: "event" }, /"type"/],
    [{ type: "cell-settled" }, /"cell"/],
    [{ type: "cell-settled", cell: "__proto__", generation: 1 }, /"cell": must not be __proto__/],
    [{ type: "cell-finished", ...ofCell, status: "lost", ms: 1 }, /"status"/],
    [{ type: "cell-output", ...ofCell, output: { kind: "text" } }, /"output.text"/],
    [
      { type: "cell-output", ...ofCell, output: { kind: "table", columns: [], rows: [[{}]], total: 1 } },
      /"output.rows": must be a list of rows/,
    ],
    [
      { type: "run-rows", run: "r", table: "rows", from: 0, rows: [{ step: 1 }] },
      /"rows": must be a list of rows: objects of numbers/,
    ],
    [{ type: "run-rows", run: "__proto__", table: "rows", from: 0, rows: [] }, /"run"/],
    [{ type: "opened", path: "n.ts", cells: [], inputs: {} }, /"type"/],
    [{ type: "kernel-ended", cause: "died", reason: "" }, /"type"/],
  ])("are refused with the field that is wrong: %j", (message, fault) => {
    expect(checked(fromKernel, message)).toEqual({ fault: expect.stringMatching(fault) });
  });

  it("keep nothing that the schema does not know", () => {
    const found = checked(fromKernel, { type: "cell-settled", ...ofCell, extra: "x" });
    expect(found).toEqual({ value: { type: "cell-settled", ...ofCell } });
  });
});

it("events of a log include what pages and the disk say", () => {
  const cell = { id: "a", kind: "code", source: "1", mode: "auto", options: {} };
  for (const event of [
    { type: "opened", path: "n.ts", cells: [cell], inputs: { n: 1 }, settings: { lazy: false, ask: "never" } },
    { type: "cell-edited", cell: "a", source: "2", by: "page" },
    { type: "run-asked", cells: ["a"] },
    { type: "kernel-ended", cause: "died", reason: "gone" },
  ])
    expect(checked(sessionEvent, event)).toEqual({ value: event });
});
