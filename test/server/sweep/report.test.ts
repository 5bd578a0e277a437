/** The table of a sweep: seeds folded, the Pareto front, heat tables, and the files that it leaves. */
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandText, type FoldedRow, folded } from "../../../server/sweep/folded.ts";
import { type Axes, front, readAxes, recognisedAxes } from "../../../server/sweep/pareto.ts";
import { type ReportedEntry, sweepTable } from "../../../server/sweep/report.ts";
import { csvOf, markdownOf } from "../../../server/sweep/result-files.ts";

type Results = ReportedEntry["results"];

function entry(settings: ReportedEntry["settings"], seed: number, results: Results): ReportedEntry {
  return { id: `${JSON.stringify(settings)} ${seed}`, settings, seed, status: "done", results, record: null };
}

const base = { method: "base", chrf: 0.1, general: 0.9 };
const entries = [2, 8].flatMap((rank) =>
  [0, 2].flatMap((weight) =>
    [1, 2].map((seed) =>
      entry({ rank, weight, steps: 9 }, seed, [
        base,
        { method: "radis", chrf: rank / 10 + seed / 100, general: weight / 4, rank, label: "x", lost: null },
      ]),
    ),
  ),
);

describe("the folded rows", () => {
  it("have mean, lowest and highest value over the seeds, and a method that is the same everywhere once", () => {
    const rows = folded(entries);
    expect(rows.map(({ settings, method }) => [settings?.rank, settings?.weight, method])).toEqual([
      [undefined, undefined, "base"],
      ...[2, 8].flatMap((rank) => [0, 2].map((weight) => [rank, weight, "radis"])),
    ]);
    const [low, high] = [0.2 + 1 / 100, 0.2 + 2 / 100];
    expect(rows[1]!.measures.chrf).toEqual({ mean: (low + high) / 2, low, high, seeds: 2 });
    expect(rows[1]!.measures).not.toHaveProperty("label");
    expect(rows[1]!.measures).not.toHaveProperty("lost");
  });

  it("do not take several results of one entry with the same method for seeds", () => {
    const twice = entry({ rank: 2 }, 1, [
      { method: "m", x: 1 },
      { method: "m", x: 3 },
    ]);
    expect(folded([twice]).map(({ method, measures }) => [method, measures.x])).toEqual([
      ["m", { mean: 1, low: 1, high: 1, seeds: 1 }],
      ["m (2)", { mean: 3, low: 3, high: 3, seeds: 1 }],
    ]);
  });

  it("count the seeds that have a measure", () => {
    const some = [entry({}, 1, [{ method: "m", x: 1, y: 2 }]), entry({}, 2, [{ method: "m", x: 3 }])];
    expect(folded(some)[0]!.measures).toMatchObject({ x: { mean: 2, seeds: 2 }, y: { mean: 2, seeds: 1 } });
    // A seed whose training diverged reports no number, and a mean without it does not look like one of all seeds.
    const { names, rows } = sweepTable(some);
    expect([names, rows[0]!.texts]).toEqual([
      ["method", "N", "x", "y"],
      ["m", "2", "2 (1–3)", "2, N=1"],
    ]);
  });

  it("do not depend on the order in which the entries ended", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        const sorted = (rows: readonly FoldedRow[]) => rows.map((row) => JSON.stringify(row.measures.general)).sort();
        expect(sorted(folded(shuffled))).toEqual(sorted(folded(entries)));
      }),
    );
  });

  it.each([
    [{ mean: 0.5, low: 0.5, high: 0.5, seeds: 3 }, "0.500"],
    [{ mean: 0.25, low: 0.2, high: 0.3, seeds: 2 }, "0.250 (0.200–0.300)"],
    [{ mean: 0.00001234, low: 0.00001234, high: 0.00001234, seeds: 1 }, "0.0000123"],
    [{ mean: 7, low: 7, high: 7, seeds: 1 }, "7"],
  ])("print %j as %s", (band, text) => {
    expect(bandText(band)).toBe(text);
  });
});

describe("the Pareto front", () => {
  const axes: Axes = [
    { column: "x", better: "higher" },
    { column: "y", better: "lower" },
  ];
  const rowOf = ([x, y]: readonly [number, number]): FoldedRow => ({
    settings: {},
    method: "m",
    measures: { x: { mean: x, low: x, high: x, seeds: 1 }, y: { mean: y, low: y, high: y, seeds: 1 } },
  });

  it("has exactly the rows that no other row beats", () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { minLength: 1 });
    fc.assert(
      fc.property(points, (list) => {
        const rows = list.map(rowOf);
        const best = front(rows, axes);
        expect(best.size).toBeGreaterThan(0);
        for (const [at, [x, y]] of list.entries()) {
          const beaten = list.some(([a, b]) => (a > x && b <= y) || (a >= x && b < y));
          expect(best.has(rows[at]!)).toBe(!beaten);
        }
      }),
    );
  });

  it.each<[readonly string[], string | undefined]>([
    [["loss", "chrf", "general", "refusal"], "chrf higher, general higher"],
    [["velanBleu", "bleu", "forgetting"], "bleu higher, forgetting lower"],
    [["ter", "refusal"], "ter lower, refusal higher"],
    [["chrf", "steps"], undefined],
    [[], undefined],
  ])("is about %j: %s", (measures, expected) => {
    const found = recognisedAxes(measures)?.map(({ column, better }) => `${column} ${better}`);
    expect(found?.join(", ")).toBe(expected);
  });

  it("is about the columns that are named", () => {
    expect(readAxes("a, -b")).toEqual([
      { column: "a", better: "higher" },
      { column: "b", better: "lower" },
    ]);
    // As the page of runs has it.
    expect(readAxes("chrf,divergence").map(({ better }) => better)).toEqual(["higher", "lower"]);
    for (const text of ["a", "a,b,c", "a,a", ",b"]) expect(() => readAxes(text)).toThrow(/--pareto/);
  });
});

it("the table has the inputs that vary, marks the front, and comes with heat tables for two inputs", () => {
  const { names, rows, heats } = sweepTable(entries);
  expect(names).toEqual(["rank", "weight", "method", "N", "front", "chrf", "general"]);
  expect(rows.map(({ texts }) => texts.slice(0, 5))).toEqual([
    ["any", "any", "base", "8", "*"],
    ["2", "0", "radis", "2", ""],
    ["2", "2", "radis", "2", ""],
    ["8", "0", "radis", "2", ""],
    ["8", "2", "radis", "2", "*"],
  ]);
  expect(heats.map(({ method, measure }) => `${method} ${measure}`)).toEqual(["radis chrf", "radis general"]);
  expect(heats[1]).toMatchObject({
    rows: { name: "rank", values: ["2", "8"] },
    columns: { name: "weight", values: ["0", "2"] },
    cells: [
      [
        { mean: 0, level: 0 },
        { mean: 0.5, level: 1 },
      ],
      [
        { mean: 0, level: 0 },
        { mean: 0.5, level: 1 },
      ],
    ],
  });
});

it("an entry that is not done leaves the table as it is and its cell of the heat table empty", () => {
  const open = entries.map((each) =>
    each.settings.rank === 8 && each.settings.weight === 2 ? { ...each, status: "failed" as const, results: [] } : each,
  );
  const { rows, heats } = sweepTable(open);
  expect(rows.map(({ texts }) => texts.slice(0, 3))).not.toContainEqual(["8", "2", "radis"]);
  expect(heats[0]!.cells[1]![1]).toBeUndefined();
});

it("results.csv can be read by others, whatever the texts contain", () => {
  const text = fc.string().filter((each) => !each.includes("\0"));
  fc.assert(
    fc.property(text, text, (prompt, method) => {
      const csv = csvOf([
        entry({ prompt }, 1, [{ method, x: 0.1 + 0.2 }]),
        { ...entry({ prompt }, 2, []), record: "/r" },
      ]);
      const records: Record<string, string>[] = parse(csv, { columns: true, bom: false });
      expect(records.map(({ prompt, seed, method, x, record }) => ({ prompt, seed, method, x, record }))).toEqual([
        { prompt, seed: "1", method, x: "0.30000000000000004", record: "" },
        { prompt, seed: "2", method: "", x: "", record: "/r" },
      ]);
    }),
  );
});

it("sweep.md takes no text of a notebook for a table or for HTML", () => {
  const odd = [entry({ prompt: "a | b\n<b>" }, 1, [{ method: "<script>", x: 1 }]), entry({ prompt: "c" }, 1, [])];
  const text = markdownOf("n.ts", odd, sweepTable(odd));
  expect(text).toContain("| a \\| b \\<b\\> | \\<script\\> | 1 | 1 |");
  expect(text).not.toContain("<script>");
});
