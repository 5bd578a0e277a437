import { describe, expect, it } from "vitest";
import type { Evaluation, MeasureItems } from "../../../../cells/measure/evaluation/evaluation.ts";
import { scoreIntervals } from "../../../../cells/measure/statistics/intervals.ts";
import { chrfMetric } from "../../../../cells/measure/translation/chrf.ts";
import { corpusScore } from "../../../../cells/measure/translation/text-metric.ts";

const evaluation = (items: Record<string, MeasureItems>, scores: Record<string, number>): Evaluation => ({
  result: { method: "m", ...scores },
  items,
});

describe("the interval of a score", () => {
  it("has the width that theory gives for a share, and holds the score", () => {
    const flags = Array.from({ length: 400 }, (_, i) => i % 4 === 0);
    const [found] = scoreIntervals(
      evaluation({ refusal: { kind: "flags", flags, better: "higher" } }, { refusal: 0.25 }),
    );
    const width = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
    expect(found).toMatchObject({ method: "m", measure: "refusal", score: 0.25, items: 400, unit: "share" });
    expect((found!.high - found!.low) / (2 * width)).toBeGreaterThan(0.9);
    expect((found!.high - found!.low) / (2 * width)).toBeLessThan(1.1);
    expect((found!.high + found!.low) / 2).toBeCloseTo(0.25, 1);
  });

  it("scores resamples of every kind as the evaluation scores all items", () => {
    const texts = ["the dog", "a cat", "the cows"];
    const references = ["the dog", "the cat", "the cow"];
    const direction = {
      from: "German",
      to: "English",
      sources: texts,
      texts,
      references,
      cutOff: [false, false, false],
    };
    const other = { ...direction, to: "French", texts: references };
    const graded = ["a", "a", "b"].map((family, i) => ({
      family,
      right: i > 0,
      question: "?",
      expected: "x",
      answer: "x",
    }));
    const items: Record<string, MeasureItems> = {
      chrf: { kind: "translations", directions: [direction, other] },
      general: { kind: "graded", graded },
      comet: { kind: "values", groups: [[0.5, 0.7], [0.9]], better: "higher" },
      crossEntropy: {
        kind: "likelihoods",
        samples: [
          { nll: 2, tokens: 1 },
          { nll: 1, tokens: 2 },
        ],
      },
    };
    const scores = {
      chrf: (corpusScore(chrfMetric(), texts, references) + 1) / 2,
      general: 0.75,
      comet: 0.75,
      crossEntropy: 1,
      forgetting: 0,
    };
    for (const { measure, score, low, high } of scoreIntervals(evaluation(items, scores))) {
      expect([measure, low <= score, score <= high]).toEqual([measure, true, true]);
      expect([measure, low < high]).toEqual([measure, true]);
    }
    expect(scoreIntervals(evaluation(items, scores)).map(({ measure, unit }) => `${measure}: ${unit}`)).toEqual([
      "chrf: share",
      "general: share",
      "comet: share",
      "crossEntropy: nats per token",
    ]);
  });
});
