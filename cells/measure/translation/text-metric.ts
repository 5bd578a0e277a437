/**
 * What BLEU, chrF and TER have in common: each sentence gives a few numbers that add up over a corpus, and the score is a
 * function of their sums. So one corpus can be scored as a whole, sentence by sentence, or ten thousand times over
 * resampled sentences (`comparison.ts`) without reading a text twice.
 *
 * Scores are fractions, 1 for 100 %; they and the signatures are those of sacreBLEU 2.6.0 (Post 2018,
 * https://aclanthology.org/W18-6319), whose version the signatures name because its numbers are what they promise.
 */

export type TextMetric = {
  /** As printed: `BLEU`, `chrF2++`, `TER`. */
  readonly name: string;
  /** The settings as a signature spells them, between the number of references and the version. */
  readonly settings: string;
  readonly better: "higher" | "lower";
  /** The numbers of one sentence, always as many; they add up over sentences. */
  statistics(hypothesis: string, references: readonly string[]): readonly number[];
  score(sums: readonly number[]): number;
  /** What is printed after the score. */
  detail?(sums: readonly number[]): string;
};

/** One reference, or several, of one hypothesis. */
export type References = string | readonly string[];

/** `text` and `signature` are what a paper quotes. */
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
 * @throws if there are not as many references as hypotheses, or a hypothesis has none.
 */
export function textStatistics(
  metric: TextMetric,
  hypotheses: readonly string[],
  references: readonly References[],
): (readonly number[])[] {
  if (hypotheses.length !== references.length) {
    throw new Error(
      `${metric.name} compares ${hypotheses.length} hypotheses with ${references.length} references; it needs as many of both.`,
    );
  }
  return hypotheses.map((hypothesis, i) => {
    const own = [references[i]!].flat();
    if (own.length === 0) throw new Error(`${metric.name} has no reference for hypothesis ${i + 1}: "${hypothesis}".`);
    return metric.statistics(hypothesis, own);
  });
}

/** The sums over sentences; nothing for no sentences. */
export function total(statistics: readonly (readonly number[])[]): number[] {
  const sums = [...(statistics[0] ?? [])];
  for (const each of statistics.slice(1)) for (const [i, value] of each.entries()) sums[i]! += value;
  return sums;
}

function signature(metric: TextMetric, references: readonly References[]): string {
  const counts = new Set(references.map((each) => [each].flat().length));
  return `nrefs:${counts.size === 1 ? [...counts][0] : "var"}|${metric.settings}|version:2.6.0`;
}

/** A number as Python prints it: a tie goes to the even digit, where `toFixed` would go up. */
export function decimals(value: number, digits: number): string {
  const rounded = value.toFixed(digits);
  const exact = value.toFixed(digits + 40);
  const isTie = /50{39}$/.test(exact);
  return isTie && Number(rounded.at(-1)) % 2 === 1 ? exact.slice(0, -40) : rounded;
}
