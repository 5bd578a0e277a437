import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairedBootstrap } from "../../../../cells/measure/statistics/bootstrap.ts";
import { compareAccuracy, compareMeans, compareTexts } from "../../../../cells/measure/statistics/comparison.ts";
import { seedBand, seedBands } from "../../../../cells/measure/statistics/seed-band.ts";
import { bleuMetric } from "../../../../cells/measure/translation/bleu.ts";
import { chrfMetric } from "../../../../cells/measure/translation/chrf.ts";
import { terMetric } from "../../../../cells/measure/translation/ter.ts";
import type { Result } from "../../../../cells/types.ts";
import { golden } from "../golden.ts";

type Paired = { baseline: number; system: number; p: number };
type Case = { baseline: string[]; system: string[]; references: string[] } & Record<"bleu" | "chrf" | "ter", Paired>;
const { resamples, cases } = golden<{ resamples: number; cases: Case[] }>("paired-bootstrap");
const metrics = { bleu: bleuMetric(), chrf: chrfMetric(), ter: terMetric() };

describe.each(cases.map((each, i) => [i, each] as const))("sacreBLEU's paired bootstrap, case %i", (_i, texts) => {
  it.each(["bleu", "chrf", "ter"] as const)("%s: the scores, and the p-value within 0.02", (name) => {
    const found = compareTexts(metrics[name], texts, { resamples, seed: 3 });
    expect(100 * found.baseline).toBeCloseTo(texts[name].baseline, 9);
    expect(100 * found.system).toBeCloseTo(texts[name].system, 9);
    expect(Math.abs(found.pValue - texts[name].p)).toBeLessThan(0.02);
  });
});

describe("a comparison", () => {
  it("says better or worse by the direction of the metric", () => {
    const verdicts = (baseline: string[], system: string[], references: string[]): string[] =>
      Object.values(metrics).map(
        (metric) => compareTexts(metric, { baseline, system, references }, { resamples: 400 }).verdict,
      );
    const { baseline, system, references } = cases[3]!;
    expect(verdicts(baseline, system, references)).toEqual(["better", "better", "better"]);
    expect(verdicts(system, baseline, references)).toEqual(["worse", "worse", "worse"]);
  });

  it("calls a difference noise if its interval contains zero", () => {
    const right = (n: number): boolean[] => Array.from({ length: 40 }, (_, i) => (i * 7) % 40 < n);
    const noise = compareMeans("refusal", { baseline: right(20), system: right(22) });
    expect(noise).toMatchObject({ measure: "refusal", baseline: 0.5, system: 0.55, verdict: "inside the noise" });
    expect(noise.low).toBeLessThanOrEqual(0);
    const clear = compareMeans("over-refusal", { baseline: right(5), system: right(30), better: "lower" });
    expect(clear.verdict).toBe("worse");
    expect(clear.low).toBeGreaterThan(0);
  });

  it("of equal systems, or of very few items, is noise", () => {
    const same = cases[0]!.baseline;
    expect(
      compareTexts(metrics.chrf, { baseline: same, system: same, references: cases[0]!.references }),
    ).toMatchObject({
      difference: 0,
      low: 0,
      high: 0,
      verdict: "inside the noise",
    });
    const few = { baseline: [0, 0, 0, 0, 0], system: [1, 1, 1, 1, 1] };
    expect(compareMeans("few", few).verdict).toBe("inside the noise");
    expect(compareMeans("six", { baseline: [...few.baseline, 0], system: [...few.system, 1] }).verdict).toBe("better");
  });

  it("averages accuracy over families and resamples questions", () => {
    const answers = (fact: number, math: number) => [
      ...Array.from({ length: 30 }, (_, i) => ({ family: "fact", right: i < fact })),
      ...Array.from({ length: 10 }, (_, i) => ({ family: "math", right: i < math })),
    ];
    const found = compareAccuracy("general", { baseline: answers(30, 8), system: answers(15, 0) });
    expect(found).toMatchObject({ baseline: 0.9, system: 0.25, difference: -0.65, verdict: "worse", items: 40 });
    expect(() => compareAccuracy("general", { baseline: answers(1, 1), system: answers(1, 1).toReversed() })).toThrow(
      "Question 1 belongs to different families",
    );
  });
});

describe("the bootstrap", () => {
  const score = ([sum = 0]: readonly number[]): number => sum;
  const values = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), {
    minLength: 1,
    maxLength: 20,
  });

  it("gives the same for the same seed, and changes sign with its sides", () => {
    fc.assert(
      fc.property(values, fc.nat(), (pairs, seed) => {
        const a = pairs.map(([x]) => [x]);
        const b = pairs.map(([, y]) => [y]);
        const there = pairedBootstrap({ baseline: a, system: b, score }, { resamples: 200, seed });
        const back = pairedBootstrap({ baseline: b, system: a, score }, { resamples: 200, seed });
        expect(pairedBootstrap({ baseline: a, system: b, score }, { resamples: 200, seed })).toEqual(there);
        expect([back.low, back.high, back.pValue].map((each) => each + 0)).toEqual(
          [-there.high, -there.low, there.pValue].map((each) => each + 0),
        );
        expect(there.low).toBeLessThanOrEqual(there.high);
      }),
      { numRuns: 30 },
    );
  });

  it("has an interval of the width that theory predicts", () => {
    const system = Array.from({ length: 400 }, (_, i) => [i % 2, 1]);
    const baseline = system.map(() => [0, 1]);
    const share = ([sum = 0, count = 1]: readonly number[]): number => sum / count;
    const { low, high } = pairedBootstrap({ baseline, system, score: share });
    // 0.5 ± 1.96 · √(0.25 ÷ 400)
    expect(low).toBeCloseTo(0.451, 2);
    expect(high).toBeCloseTo(0.549, 2);
  });

  it("rejects sides of different lengths, empty sides and zero resamples", () => {
    expect(() => pairedBootstrap({ baseline: [[1]], system: [], score })).toThrow(
      "baseline has 1 items and the system 0",
    );
    expect(() => pairedBootstrap({ baseline: [], system: [], score })).toThrow("There are no items");
    expect(() => pairedBootstrap({ baseline: [[1]], system: [[1]], score }, { resamples: 0 })).toThrow(
      "resamples is 0",
    );
  });
});

it("a band contains the values of all seeds", () => {
  expect(seedBand([0.25, 0.5, 0.75])).toEqual({ mean: 0.5, low: 0.25, high: 0.75, seeds: 3 });
  expect(() => seedBand([])).toThrow("at least one seed");
});

it("results of several seeds give a band per method and measure", () => {
  const seeds: Result[] = [
    { method: "base", chrf: 0.1 },
    { method: "radis", chrf: 0.8, name: "a", only: 1 },
    { method: "radis", chrf: 0.6, name: "b" },
  ];
  expect(seedBands(seeds)).toEqual([
    { method: "base", measure: "chrf", mean: 0.1, low: 0.1, high: 0.1, seeds: 1 },
    { method: "radis", measure: "chrf", mean: 0.7, low: 0.6, high: 0.8, seeds: 2 },
  ]);
});
