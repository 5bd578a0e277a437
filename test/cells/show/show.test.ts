import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run, RunTable } from "../../../cells/contracts.ts";
import { evaluate } from "../../../cells/measure/evaluation/evaluate.ts";
import { refusalLists } from "../../../cells/measure/refusal/lists.ts";
import { probeRows, rows } from "../../../cells/show/live-tables.ts";
import { md } from "../../../cells/show/markdown.ts";
import { report } from "../../../cells/show/report.ts";
import { show, toOutput } from "../../../cells/show/show.ts";
import { table } from "../../../cells/show/table.ts";
import type { ProbeRow, Result, Row } from "../../../cells/types.ts";
import { bareHost } from "../bare-host.ts";
import { ruleModel } from "../measure/model.ts";

function runOf(id: string, method: string, losses: number[]): Run {
  const live = <R extends object>(name: "rows" | "probes", list: R[]): RunTable<R> => ({
    live: { table: name, runs: [id] },
    get length() {
      return list.length;
    },
    at: (i) => list.at(i),
    [Symbol.iterator]: () => list[Symbol.iterator](),
  });
  const run: Partial<Run> = {
    id,
    method,
    status: "done",
    rows: live<Row>(
      "rows",
      losses.map((loss, i) => ({ step: i + 1, loss })),
    ),
    probes: live<ProbeRow>("probes", [{ step: 0, general: 1 }]),
    model: ruleModel(() => ""),
    finished: new Promise(() => {}),
  };
  return run as Run;
}

describe("a value in the inspector", () => {
  const inspected = (value: unknown) => {
    const output = toOutput(value);
    return output.kind === "value" ? output.value : undefined;
  };

  it("is shown as it is, shortened", () => {
    expect(inspected(-0)).toEqual({ kind: "primitive", type: "number", text: "-0" });
    expect(inspected(null)).toMatchObject({ type: "null" });
    expect(inspected(Float32Array.of(1, 2))).toMatchObject({ kind: "list", name: "Float32Array", length: 2 });
    expect(inspected(new Map([["a", 1]]))).toMatchObject({
      kind: "record",
      name: "Map",
      entries: [["a", { text: "1" }]],
    });
    expect(
      inspected(
        new (class Point {
          x = 1;
        })(),
      ),
    ).toMatchObject({ kind: "record", name: "Point", size: 1 });
    expect(inspected({ dataId: {}, dtype: "float32", shape: [2, 3] })).toEqual({
      kind: "opaque",
      text: "Tensor float32 [2, 3], 24 bytes",
    });
    expect(inspected(new TypeError("no"))).toEqual({ kind: "opaque", text: "TypeError: no" });
  });

  it("says how much was left out", () => {
    const list = inspected(Array.from({ length: 1e5 }, (_, i) => i));
    expect(list).toMatchObject({ kind: "list", length: 1e5 });
    expect(list?.kind === "list" && list.items.length).toBe(100);
  });

  it("runs no getter and follows no cycle", () => {
    const circle: Record<string, unknown> = {
      get bomb() {
        throw new Error("ran");
      },
    };
    circle.self = circle;
    expect(inspected(circle)).toMatchObject({
      entries: [
        ["bomb", { text: "(…)" }],
        ["self", { text: "[circular]" }],
      ],
    });
  });

  it("becomes plain data of bounded size, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withDate: true,
          withNullPrototype: true,
          maxDepth: 8,
        }),
        (value) => {
          const output = toOutput([[value, value], { value }]);
          expect(structuredClone(output)).toEqual(output);
          expect(JSON.stringify(output).length).toBeLessThan(3_000_000);
        },
      ),
      { numRuns: 200 },
    );
    let deep: unknown = {};
    for (let i = 0; i < 10_000; i += 1) deep = Array.from({ length: 3 }, () => deep);
    expect(JSON.stringify(toOutput(deep)).length).toBeLessThan(100_000);
  });
});

describe("outputs", () => {
  it("are tables for records, with the total number of rows", () => {
    expect(
      toOutput([
        { a: 1, b: "x" },
        { a: 2, c: Number.POSITIVE_INFINITY },
      ]),
    ).toEqual({
      kind: "table",
      columns: ["a", "b", "c"],
      rows: [
        [1, "x", null],
        [2, null, { $number: "Infinity" }],
      ],
      total: 2,
    });
    const long = table(
      Array.from({ length: 900 }, (_, i) => ({ i, twice: 2 * i })),
      { columns: ["twice"], limit: 2 },
    );
    expect(toOutput(long)).toEqual({ kind: "table", columns: ["twice"], rows: [[0], [2]], total: 900 });
  });

  it("keep the types of dates, big integers and NaN in tables; an invalid date is empty", () => {
    const big = 2n ** 64n + 1n;
    expect(
      toOutput([{ day: new Date(Date.UTC(2024, 1, 29)), big, none: Number.NaN, bad: new Date(Number.NaN) }]),
    ).toEqual({
      kind: "table",
      columns: ["day", "big", "none", "bad"],
      rows: [[{ $date: Date.UTC(2024, 1, 29) }, { $bigint: "18446744073709551617" }, { $number: "NaN" }, null]],
      total: 1,
    });
    expect(toOutput(big)).toEqual({
      kind: "value",
      value: { kind: "primitive", type: "bigint", text: "18446744073709551617n" },
    });
  });

  it("are markdown, runs and tables of runs in their own kinds", () => {
    const run = runOf("r1", "vanilla", [3, 2]);
    expect(toOutput(md`kept **${1 / 3}**`)).toEqual({ kind: "markdown", text: "kept **0.3333**" });
    expect(toOutput(run)).toEqual({ kind: "run", run: "r1" });
    expect(toOutput(run.rows)).toMatchObject({
      kind: "table",
      rows: [
        [1, 3],
        [2, 2],
      ],
    });
  });

  it("go to the host in the order in which they were shown", () => {
    const host = bareHost();
    show("one", md`two`);
    expect(host.outputs.map((output) => output.kind)).toEqual(["value", "markdown"]);
  });
});

describe("tables of several runs", () => {
  const runs = [runOf("r1", "vanilla", [3, 2]), runOf("r2", "radis", [5])];

  it("tag each row with its run and method", () => {
    expect([...rows(...runs)]).toEqual([
      { step: 1, loss: 3, run: "r1", method: "vanilla" },
      { step: 2, loss: 2, run: "r1", method: "vanilla" },
      { step: 1, loss: 5, run: "r2", method: "radis" },
    ]);
    expect(rows(...runs).length).toBe(3);
    expect(probeRows(...runs).at(-1)).toEqual({ step: 0, general: 1, run: "r2", method: "radis" });
  });

  it("stay live", () => {
    expect(probeRows(...runs).live).toEqual({ table: "probes", runs: ["r1", "r2"] });
  });
});

it("reports evaluations with a comparison, and the range over seeds", async () => {
  const host = bareHost();
  const refusals = {
    harmful: [..."abcdefgh"].map((text) => ({ text })),
    benign: [..."ijklmnop"].map((text) => ({ text })),
    lists: [refusalLists.gcgShort],
  };
  const before = await evaluate(
    ruleModel(() => "I'm sorry."),
    { method: "base", refusals },
  );
  const { result, items } = await evaluate(
    ruleModel(() => "Sure."),
    { method: "tuned", base: before, refusals },
  );
  const after = [1, 2].map((seed) => ({ result: { ...result, seed }, items }));
  report([before, ...after]);
  const [, picture, intervals, differences, bands] = host.outputs;
  expect(intervals).toMatchObject({
    columns: ["method", "measure", "score", "low", "high", "items"],
    rows: expect.arrayContaining([["base", "refusal", 1, 1, 1, 8]]),
  });
  const spec = picture?.kind === "plot" ? picture.spec : undefined;
  expect(spec?.options).toMatchObject({ x: { domain: [0, 1] }, fy: { domain: ["refusal", "overRefusal"] } });
  expect(spec?.marks.map(({ mark, data }) => [mark, data?.kind === "columns" && data.columns.measure])).toEqual(
    ["ruleY", "dot"].map((mark) => [mark, [1, 2, 3].flatMap(() => ["refusal", "overRefusal"])]),
  );
  const tables = [differences, bands].map((output) => (output?.kind === "table" ? output : undefined));
  expect(tables[0]?.columns).toEqual(["method", "against", "measure", "difference", "low", "high", "verdict"]);
  expect(tables[0]?.rows).toContainEqual(["tuned", "base", "refusal", -1, -1, -1, "worse"]);
  expect(tables[0]?.rows).toContainEqual(["tuned", "base", "overRefusal", -1, -1, -1, "better"]);
  expect(tables[1]?.rows).toContainEqual(["tuned", "seed", 1.5, 1, 2, 2]);
  expect(host.results).toEqual([before.result, ...after.map((each) => each.result)]);
});

it("shows the columns that it is asked for, as far as the results have them", () => {
  const host = bareHost();
  report([{ method: "base", general: 1, chrf: 0.5 }], { columns: ["method", "chrf", "velanChat"] });
  expect(host.outputs).toEqual([{ kind: "table", columns: ["method", "chrf"], rows: [["base", 0.5]], total: 1 }]);
  expect(host.results).toEqual([{ method: "base", general: 1, chrf: 0.5 }]);
});

it("reports results in full precision, and shows them rounded", () => {
  const host = bareHost();
  const results: Result[] = [
    { method: "base", general: 0.98765, refusal: 1 },
    { method: "radis", general: 0.6, refusal: 1, forgetting: 0.38765 },
  ];
  report(results);
  expect(host.results).toEqual(results);
  expect(host.outputs).toEqual([
    {
      kind: "table",
      columns: ["method", "general", "refusal", "forgetting"],
      rows: [
        ["base", 0.988, 1, null],
        ["radis", 0.6, 1, 0.388],
      ],
      total: 2,
    },
  ]);
});
