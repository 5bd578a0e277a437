import { describe, expect, it } from "vitest";
import { checkScores } from "../../../golden-metrics.ts";
import { golden } from "../golden.ts";

type Scores = {
  systems: { corpus: Record<string, { score: number; signature: string }>; sentence: Record<string, number>[] }[];
  tokenized: Record<string, string>[];
};

const names = [
  ...["13a", "intl", "zh", "char", "none", "lc", "floor", "addk", "nosmooth", "2"].map((each) => `bleu-${each}`),
  ...["chrf", "chrf++", "chrf-space", "chrf-lc", "ter", "ter-norm", "sentence bleu", "sentence chrf++"],
  ...["13a", "intl", "zh", "char"].map((each) => `tokenizer ${each}`),
];

// The second file has one to three references, empty texts, unusual white space, characters of all planes and long shifts.
describe.each(["sacrebleu", "sacrebleu-edges"])("%s.json", (file) => {
  const checks = checkScores(golden(file));

  it("has every metric, smoothing and tokenizer", () => {
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  it.each(checks)("$name", ({ error, fault }) => {
    expect(fault).toBeUndefined();
    expect(error).toBeLessThan(1e-6);
  });
});

describe("the checker finds", () => {
  const faultsAfter = (change: (scores: Scores) => void): string[] => {
    const scores = golden<Scores>("sacrebleu");
    change(scores);
    return checkScores(scores)
      .filter(({ error }) => !(error < 1e-6))
      .map(({ name }) => name);
  };
  const last = <T>(list: readonly T[]): T => list.at(-1)!;

  it("nothing where nothing was changed", () => {
    expect(faultsAfter(() => {})).toEqual([]);
  });

  it("a score, a signature, a sentence and a tokenisation that differ", () => {
    expect(
      faultsAfter(({ systems, tokenized }) => {
        last(systems).corpus.ter!.score += 2e-6;
        last(systems).corpus["bleu-zh"]!.signature += "x";
        last(last(systems).sentence).bleu! -= 2e-6;
        last(tokenized).intl += " ";
      }),
    ).toEqual(["bleu-zh", "ter", "sentence bleu", "tokenizer intl"]);
  });

  it("an unknown metric, and a file without scores", () => {
    expect(faultsAfter(({ systems }) => Object.assign(systems[0]!.corpus, { meteor: { score: 1 } }))).toEqual([
      "meteor",
    ]);
    expect(checkScores({ tokens: [] })).toMatchObject([{ error: Number.POSITIVE_INFINITY }]);
  });
});
