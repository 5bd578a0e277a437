/**
 * What BLEU, chrF and TER have in common: each sentence gives a few statistics that are summed over the corpus, and the score is a
 * function of the sums. So a corpus can be scored as a whole, sentence by sentence, or on ten thousand resamples
 * (`comparison.ts`), and each text is read only once.
 *
 * Scores are fractions: 1 is 100 %. Scores and signatures are the same as those of sacreBLEU 2.6.0 (Post 2018,
 * https://aclanthology.org/W18-6319); this is why the signatures have its version.
 */

export type TextMetric = {
  /** As printed: `BLEU`, `chrF2++`, `TER`. */
  readonly name: string;
  /** The settings as written in a signature, between the number of references and the version. */
  readonly settings: string;
  readonly better: "higher" | "lower";
  /** The statistics of one sentence. Their number is always the same, and they can be summed over sentences. */
  statistics(hypothesis: string, references: readonly string[]): readonly number[];
  score(sums: readonly number[]): number;
  /** Text that is printed after the score. */
  detail?(sums: readonly number[]): string;
};

/** One or several references of one hypothesis. */
export type References = string | readonly string[];

/** `text` and `signature` can be quoted in a paper. */
export type TextScore = { readonly score: number; readonly text: string; readonly signature: string };

/** The score of a whole corpus; `references[i]` belongs to `hypotheses[i]`. */
export function scoreTexts(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly References[],
): TextScore {
  const sums = total(textStatistics(metric, hypotheses, references));
  const score = sums.length === 0 ? 0 : metric.score(sums);
  const detail = sums.length === 0 ? undefined : metric.detail?.(sums);
  const text = `${metric.name} = ${decimals(100 * score, 2)}${detail === undefined ? "" : ` ${detail}`}`;
  return { score, text, signature: signature(metric, references) };
}

/** The score alone; 0 for an empty corpus. */
export const corpusScore = (
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly References[],
): number => scoreTexts(metric, hypotheses, references).score;

/**
 * The statistics of each sentence.
 * @throws if the numbers of hypotheses and references differ, or a hypothesis has no reference
 */
export function textStatistics(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly References[],
): (readonly number[])[] {
  if (hypotheses.length !== references.length) {
    throw new Error(
      `${metric.name}: there are ${hypotheses.length} hypotheses but references for ${references.length}. Give references for each hypothesis.`,
    );
  }
  return hypotheses.map((hypothesis, i) => {
    const referencesOfOne = [references[i]!].flat();
    if (referencesOfOne.length === 0)
      throw new Error(`${metric.name}: hypothesis ${i + 1} has no reference: "${hypothesis}".`);
    return metric.statistics(hypothesis, referencesOfOne);
  });
}

/** The sums over sentences; an empty list if there are no sentences. */
export function total(statistics: readonly (readonly number[])[]): number[] {
  const sums = [...(statistics[0] ?? [])];
  for (const each of statistics.slice(1)) for (const [i, value] of each.entries()) sums[i]! += value;
  return sums;
}

function signature(metric: TextMetric, references: readonly References[]): string {
  const counts = new Set(references.map((each) => [each].flat().length));
  return `nrefs:${counts.size === 1 ? [...counts][0] : "var"}|${metric.settings}|version:2.6.0`;
}

/** A number as Python prints it: a tie is rounded to the even digit, while `toFixed` would round up. */
export function decimals(value: number, digits: number): string {
  const rounded = value.toFixed(digits);
  const exact = value.toFixed(digits + 40);
  const isTie = /50{39}$/.test(exact);
  return isTie && Number(rounded.at(-1)) % 2 === 1 ? exact.slice(0, -40) : rounded;
}
