import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MeasureBand, seedBands } from "../../../cells/measure/statistics/seed-band.ts";
import { bandOf, pairedDifference } from "../../../server/runs/band.ts";
import { thinnedIndices } from "../../../server/runs/curve-points.ts";
import { experimentOf, foldedRows, unfoldedRows } from "../../../server/runs/fold.ts";
import { directionOf } from "../../../server/runs/measures.ts";
import { ordered } from "../../../server/runs/order.ts";
import { differingSettings } from "../../../server/runs/settings.ts";
import { tQuantile } from "../../../server/runs/student.ts";
import { summaryOf } from "../../../server/runs/summary.ts";
import type { RunSummary, Settings } from "../../../server/runs/types.ts";
import { wordDifference } from "../../../server/runs/word-difference.ts";
import { anyRun, description, run } from "./any-run.ts";

const runs = fc.uniqueArray(anyRun, { selector: ({ key }) => key, maxLength: 30 });

describe("the summary of a run", () => {
  it("has the last values, small curves, and settings without what the run found out itself", () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ step: i + 1, loss: 3 - i / 100 }));
    const found = summaryOf({
      key: "k",
      notebook: "sub/radis.ts",
      description: description({
        config: {
          rank: 4,
          seed: 7,
          data: { tokens: 1000, samples: 10 },
          batch: 2,
          accumulate: 3,
          adapter: { alpha: 8 },
        },
        prepared: ["data"],
        knobs: { weight: 2 },
      }),
      rows,
      probes: [
        { step: 0, general: 1, chrf: 0.1 },
        { step: 300, general: 0.8 },
      ],
      knobChanges: [{ step: 100, name: "weight", value: 0 }],
      bytes: 5,
    });
    expect(found.settings).toEqual({
      method: "radis",
      weight: 2,
      rank: 4,
      batch: 2,
      accumulate: 3,
      "adapter.alpha": 8,
    });
    expect(found).toMatchObject({ notebook: "sub/radis.ts", step: 300, seconds: 220, tokensPerStep: 600 });
    expect(found.losses.loss).toBeCloseTo(0.01);
    // A probe that did not run at the last step keeps its last value.
    expect(found.probes).toEqual({ general: 0.8, chrf: 0.1 });
    expect(found.turned).toBe("weight = 0 at step 100");
    expect(found.curves.loss?.points).toHaveLength(40);
    expect(found.curves.loss?.points[0]).toEqual([1, 3]);
    expect(found.curves.forgetting).toEqual({
      measure: "general",
      points: [
        [0, 1],
        [300, 0.8],
      ],
    });
    expect(found.curves.refusal).toBeUndefined();
  });

  it("of a run without rows, and with values that are not numbers, is one without them", () => {
    const facts = { key: "k", notebook: "n.ts", knobChanges: [], bytes: 0, description: description({ started: "?" }) };
    const found = summaryOf({ ...facts, rows: [], probes: [] });
    expect(found).toMatchObject({ step: 0, started: 0, losses: {}, probes: {}, curves: {} });
    const odd = { step: 1, loss: null as unknown as number };
    expect(summaryOf({ ...facts, rows: [odd], probes: [] })).toMatchObject({ step: 1, losses: {}, curves: {} });
  });
});

it("thinned places are in order, without repetition, with the first and the last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 2, max: 60 }), (length, most) => {
      const places = thinnedIndices(length, most);
      expect(places.length).toBe(Math.min(length, most));
      expect([places[0], places.at(-1)]).toEqual([0, length - 1]);
      expect(places.every((each, i) => i === 0 || each > places[i - 1]!)).toBe(true);
    }),
  );
});

describe("folding", () => {
  it("loses no run, and folds only runs that differ in the seed alone", () => {
    fc.assert(
      fc.property(runs, (all) => {
        const rows = foldedRows(all);
        expect(rows.flatMap((row) => row.runs.map(({ key }) => key)).sort()).toEqual(all.map(({ key }) => key).sort());
        for (const row of rows) {
          expect(new Set(row.runs.map(experimentOf)).size).toBe(1);
          expect(new Set(row.runs.map(({ seed }) => seed)).size).toBe(row.runs.length);
          expect(row.kind).toBe(row.runs.length > 1 ? "seeds" : "run");
        }
      }),
    );
  });

  it("has a key that stays when a seed is added, and is that of one experiment", () => {
    const seeds = [1, 2, 3].map((seed) => run({ id: `r${seed}`, key: `r${seed}`, seed, started: seed }));
    const keyOf = (all: readonly RunSummary[]) =>
      foldedRows([...all].reverse()).find(({ kind }) => kind === "seeds")?.key;
    expect(keyOf(seeds.slice(0, 2))).toMatch(/^seeds:[0-9a-z]+$/);
    expect(keyOf(seeds)).toBe(keyOf(seeds.slice(0, 2)));
    const other = seeds.map((each) => ({ ...each, steps: 7 }));
    expect(keyOf(other)).not.toBe(keyOf(seeds));
  });

  it("keeps runs apart whose knob was turned, and repetitions of a seed", () => {
    const [a, b] = [run({ id: "a", key: "a", seed: 1 }), run({ id: "b", key: "b", seed: 2 })];
    expect(foldedRows([a, b]).map(({ kind }) => kind)).toEqual(["seeds"]);
    expect(foldedRows([a, { ...b, turned: "weight = 0 at step 5" }])).toHaveLength(2);
    expect(foldedRows([a, b, { ...b, key: "again" }]).map((row) => row.runs.length)).toEqual([2, 1]);
    // A newer run that failed does not take the place of one that is done.
    const cut = { ...b, key: "cut", status: "failed" as const };
    expect(foldedRows([cut, a, b]).map((row) => row.runs.map(({ key }) => key))).toEqual([[b.key, a.key], ["cut"]]);
  });
});

describe("statistics over seeds", () => {
  it("give the range that the cells report", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 8 }), (values) => {
        const [{ method: _, measure: __, ...expected }] = seedBands(
          values.map((value) => ({ method: "m", value })),
        ) as [MeasureBand];
        expect(bandOf(values)).toEqual(expected);
      }),
    );
  });

  it("pair the seeds: the interval is Student's t of the differences", () => {
    // scipy.stats.t.interval(0.95, 3, loc, scale=sem) of [0.1, 0.2, 0.3, 0.2]
    const { difference, interval, pairs } = pairedDifference([0.1, 0.2, 0.3, 0.2]);
    expect([difference, pairs]).toEqual([0.2, 4]);
    expect(interval![0]).toBeCloseTo(0.07008, 4);
    expect(interval![1]).toBeCloseTo(0.32992, 4);
    expect(pairedDifference([0.1]).interval).toBeUndefined();
  });

  it("take Student's t for many seeds too", () => {
    // scipy.stats.t.ppf(0.975, [31, 40, 60, 120])
    expect([31, 40, 60, 120].map((degrees) => tQuantile(degrees).toFixed(4))).toEqual([
      "2.0395",
      "2.0211",
      "2.0003",
      "1.9799",
    ]);
    for (let degrees = 1; degrees < 200; degrees += 1) expect(tQuantile(degrees + 1)).toBeLessThan(tQuantile(degrees));
  });
});

describe("the order", () => {
  it("keeps all rows, puts pinned ones first and rows without the value last, in both directions", () => {
    fc.assert(
      fc.property(runs, fc.constantFrom("ascending", "descending"), (all, direction) => {
        const rows = ordered(unfoldedRows(all), { by: "losses.loss", direction });
        expect(rows.map(({ key }) => key).sort()).toEqual(all.map(({ key }) => key).sort());
        const pins = rows.map(({ runs: [each] }) => Number(!each!.pinned));
        expect(pins).toEqual([...pins].sort());
        for (const pinned of [true, false]) {
          const values = rows.flatMap(({ runs: [each] }) => (each!.pinned === pinned ? [each!.losses.loss] : []));
          const known = values.filter((each) => each !== undefined);
          expect(values.slice(known.length).every((each) => each === undefined)).toBe(true);
          const sorted = [...known].sort((a, b) => (direction === "ascending" ? a - b : b - a));
          expect(known).toEqual(sorted);
        }
      }),
    );
  });
});

it("settings differ if a run has another value or none", () => {
  const settings = [
    { rank: 2, batch: 4, a: null },
    { rank: 8, batch: 4, a: null },
    { rank: 2, batch: 4, a: null, extra: 1 },
  ];
  expect(differingSettings(settings.map((each) => ({ settings: each as Settings })))).toEqual(["rank", "extra"]);
  expect(differingSettings([])).toEqual([]);
});

it("the word difference gives both texts again, and the same text is one piece", () => {
  const text = fc
    .array(fc.constantFrom("Note", "the", " ", ":", "été", "\n", "😀"), { maxLength: 30 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const pieces = wordDifference(before, after);
      const without = (kind: string): string =>
        pieces.flatMap((each) => (each.kind === kind ? [] : [each.text])).join("");
      expect(without("added")).toBe(before);
      expect(without("removed")).toBe(after);
    }),
  );
  expect(wordDifference("Write a note.", "Write a long note.")).toEqual([
    { kind: "same", text: "Write a " },
    { kind: "added", text: "long " },
    { kind: "same", text: "note." },
  ]);
  expect(wordDifference("a b", "a b")).toEqual([{ kind: "same", text: "a b" }]);
  expect(wordDifference("", "")).toEqual([]);
});

it("a measure's direction follows from its name", () => {
  expect([directionOf("losses", "loss"), directionOf("losses", "learningRate")]).toEqual(["lower", "neither"]);
  const lower = ["overRefusal", "crossEntropyRise", "heldOut", "offTarget", "translationCutOff", "ter", "divergence"];
  for (const name of lower) expect(directionOf("probes", name), name).toBe("lower");
  for (const name of ["refusal", "chrf", "general", "follow", "literalDecided"])
    expect(directionOf("probes", name), name).toBe("higher");
});
