import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleu, bleuMetric, sentenceBleu } from "../../../../cells/measure/translation/bleu.ts";
import { chrf, chrfMetric } from "../../../../cells/measure/translation/chrf.ts";
import { sentenceTer, ter, terMetric } from "../../../../cells/measure/translation/ter.ts";
import { decimals, scoreTexts } from "../../../../cells/measure/translation/text-metric.ts";

const metrics = [bleuMetric({ effectiveOrder: true }), chrfMetric(), chrfMetric({ wordOrder: 2 }), terMetric()];
const sentence = fc
  .array(fc.constantFrom("the", "cat", "sat", "on", "mat", ".", "東京", "naïve", "3,000"), {
    minLength: 1,
    maxLength: 12,
  })
  .map((words) => words.join(" "));

describe.each(metrics.map((metric) => [metric.name, metric] as const))("%s", (_name, metric) => {
  const score = (hypotheses: string[], references: (string | string[])[]): number =>
    scoreTexts(metric, hypotheses, references).score;
  const best = metric.better === "higher" ? 1 : 0;

  it("is best for the reference itself, also among several, and worse for another text", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 4 }), (pairs) => {
        const texts = pairs.map(([text]) => text);
        expect(score(texts, texts)).toBeCloseTo(best, 12);
        const other = score(
          texts,
          pairs.map(([text]) => `${text} wholly new`),
        );
        expect(metric.better === "higher" ? best - other : other - best).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  // It may depend on the order of references: of two with the same score, chrF takes the first, whose length then counts in the corpus.
  it("does not depend on the order of sentences", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sentence, sentence, sentence), { minLength: 2, maxLength: 5 }), (rows) => {
        const scores = [rows, rows.toReversed()].map((each) =>
          score(
            each.map(([hypothesis]) => hypothesis),
            each.map(([, ...references]) => references),
          ),
        );
        expect(scores[0]).toBeCloseTo(scores[1]!, 12);
      }),
      { numRuns: 50 },
    );
  });

  it("is 0 for an empty corpus", () => {
    expect(score([], [])).toBe(0);
  });

  it("rejects lists of different lengths, and a text without a reference", () => {
    expect(() => score(["a"], [])).toThrow("there are 1 hypotheses but references for 0");
    expect(() => score(["a", "b"], ["a", []])).toThrow('hypothesis 2 has no reference: "b"');
  });
});

describe("chrF", () => {
  it("ignores white space of any kind", () => {
    const text = "a small\u3000house";
    expect(chrf([` ${Array.from(text).join(" ")}\u0085\n`], [text])).toBeCloseTo(1, 12);
    expect(chrf(["abc"], ["xyz"])).toBe(0);
  });
});

describe("BLEU", () => {
  it("of a sentence with fewer than four words uses the orders that it has", () => {
    expect(sentenceBleu("the cat", "the cat")).toBeCloseTo(1, 12);
    expect(bleu(["the cat"], ["the cat"])).toBe(0);
  });

  it("has its settings in the signature, also with a varying number of references", () => {
    const metric = bleuMetric({ smoothing: "floor", smoothingValue: 0.05, tokenizer: "char", effectiveOrder: true });
    expect(scoreTexts(metric, ["a b", "c"], [["a b", "a"], "c"]).signature).toBe(
      "nrefs:var|case:mixed|eff:yes|tok:char|smooth:floor[0.05]|version:2.6.0",
    );
  });
});

describe("TER", () => {
  it("counts a span of words that moved as one edit", () => {
    expect(sentenceTer("on the mat sat a cat", "a cat sat on the mat")).toBeCloseTo(2 / 6, 12);
    expect(sentenceTer("e f g a b c d", "a b c d e f g")).toBeCloseTo(1 / 7, 12);
  });

  it("takes the fewest edits to one of several references, and their mean length", () => {
    expect(ter(["a b c"], [["a b x", "a b c d e"]])).toBeCloseTo(1 / 4, 12);
  });

  it("is 1 for words against an empty reference", () => {
    expect(sentenceTer("a b", "")).toBe(1);
    expect(sentenceTer("", "")).toBe(0);
  });
});

it("rounds ties to the even digit, like Python", () => {
  expect([6.25, 18.75, 0.25, -6.25].map((value) => decimals(value, 1))).toEqual(["6.2", "18.8", "0.2", "-6.2"]);
  expect([15.625, 9.375, 0.15].map((value) => decimals(value, 2))).toEqual(["15.62", "9.38", "0.15"]);
});
