/**
 * Compares the translation metrics with a file of results of sacreBLEU: scores of corpora and of single sentences, printed lines,
 * signatures and tokenisations. The name of a score in the file stands for its settings.
 */
import { isRecord } from "../cells/json.ts";
import { bleuMetric, sentenceBleu } from "../cells/measure/translation/bleu.ts";
import { type BleuTokenizer, bleuTokenizers } from "../cells/measure/translation/bleu-tokenizers.ts";
import { chrfMetric, sentenceChrf } from "../cells/measure/translation/chrf.ts";
import { sentenceTer, terMetric } from "../cells/measure/translation/ter.ts";
import { scoreTexts, type TextMetric } from "../cells/measure/translation/text-metric.ts";

/** `error` is the largest difference in points out of 100; infinite if a text differs or there is nothing to compare. */
export type ScoreCheck = { readonly name: string; readonly error: number; readonly fault?: string };

/** `refs[r][i]` is reference r of sentence i. */
type System = {
  readonly hyps: readonly string[];
  readonly refs: readonly (readonly string[])[];
  readonly corpus: Readonly<Record<string, { score: number; text?: string; signature?: string }>>;
  readonly sentence?: readonly Readonly<Record<string, number>>[];
};
type ScoreFile = {
  readonly systems: readonly System[];
  readonly tokenized?: readonly Readonly<Record<string, string>>[];
};

const metrics: Readonly<Record<string, TextMetric>> = {
  "bleu-13a": bleuMetric(),
  "bleu-intl": bleuMetric({ tokenizer: "intl" }),
  "bleu-zh": bleuMetric({ tokenizer: "zh" }),
  "bleu-char": bleuMetric({ tokenizer: "char" }),
  "bleu-none": bleuMetric({ tokenizer: "none" }),
  "bleu-lc": bleuMetric({ lowercase: true }),
  "bleu-floor": bleuMetric({ smoothing: "floor" }),
  "bleu-addk": bleuMetric({ smoothing: "add-k" }),
  "bleu-nosmooth": bleuMetric({ smoothing: "none" }),
  "bleu-2": bleuMetric({ maxOrder: 2 }),
  chrf: chrfMetric(),
  "chrf++": chrfMetric({ wordOrder: 2 }),
  "chrf-space": chrfMetric({ whiteSpace: true }),
  "chrf-lc": chrfMetric({ lowercase: true }),
  ter: terMetric(),
  "ter-norm": terMetric({ normalized: true, withoutPunctuation: true, asian: true, caseSensitive: true }),
};

const sentenceScores: Readonly<Record<string, (hypothesis: string, references: readonly string[]) => number>> = {
  bleu: sentenceBleu,
  chrf: sentenceChrf,
  "chrf++": (hypothesis, references) => sentenceChrf(hypothesis, references, { wordOrder: 2 }),
  ter: sentenceTer,
};

/** One check for each metric, sentence score and tokenizer in the file, in its order. */
export function checkScores(json: unknown): ScoreCheck[] {
  if (!isScoreFile(json))
    return [broken("sacrebleu", "This is not a file of scores: it has no list of systems with texts and scores.")];
  const names = (records: readonly Readonly<Record<string, unknown>>[]): string[] => [
    ...new Set(records.flatMap((record) => Object.keys(record))),
  ];
  const { systems, tokenized = [] } = json;
  return [
    ...names(systems.map((system) => system.corpus)).map((name) => checkCorpus(name, systems)),
    ...names(systems.flatMap((system) => system.sentence ?? [])).map((name) => checkSentences(name, systems)),
    ...names(tokenized)
      .filter((name) => name !== "text")
      .map((name) => checkTokens(name, tokenized)),
  ];
}

const isScoreFile = (json: unknown): json is ScoreFile =>
  isRecord(json) &&
  Array.isArray(json.systems) &&
  json.systems.every(
    (each) => isRecord(each) && Array.isArray(each.hyps) && Array.isArray(each.refs) && isRecord(each.corpus),
  );

const broken = (name: string, fault: string): ScoreCheck => ({ name, error: Number.POSITIVE_INFINITY, fault });

const referencesOf = (system: System): string[][] => system.hyps.map((_, i) => system.refs.map((each) => each[i]!));

/** The largest difference; NaN counts as infinite. */
const worst = (differences: readonly number[]): number =>
  Math.max(...differences.map((each) => (Number.isNaN(each) ? Number.POSITIVE_INFINITY : Math.abs(each))));

function checkCorpus(name: string, systems: readonly System[]): ScoreCheck {
  const metric = metrics[name];
  if (metric === undefined) return broken(name, "There is no metric of this name.");
  const differences: number[] = [];
  for (const [i, system] of systems.entries()) {
    const golden = system.corpus[name];
    if (golden === undefined) continue;
    const ours = scoreTexts(metric, system.hyps, referencesOf(system));
    for (const key of ["signature", "text"] as const) {
      const wanted = golden[key];
      if (wanted !== undefined && wanted !== ours[key])
        return broken(name, `System ${i}: "${ours[key]}" instead of "${wanted}".`);
    }
    differences.push(100 * ours.score - golden.score);
  }
  return { name, error: worst(differences) };
}

function checkSentences(name: string, systems: readonly System[]): ScoreCheck {
  const score = sentenceScores[name];
  const title = `sentence ${name}`;
  if (score === undefined) return broken(title, "There is no sentence score of this name.");
  const differences = systems.flatMap((system) => {
    const references = referencesOf(system);
    return (system.sentence ?? []).flatMap((golden, i) =>
      golden[name] === undefined ? [] : [100 * score(system.hyps[i]!, references[i]!) - golden[name]],
    );
  });
  return { name: title, error: worst(differences) };
}

function checkTokens(name: string, tokenized: readonly Readonly<Record<string, string>>[]): ScoreCheck {
  const title = `tokenizer ${name}`;
  if (!isTokenizer(name)) return broken(title, "There is no tokenizer of this name.");
  for (const { text = "", [name]: wanted } of tokenized) {
    const ours = bleuTokenizers[name](text);
    if (wanted !== undefined && ours !== wanted) return broken(title, `"${ours}" instead of "${wanted}".`);
  }
  return { name: title, error: 0 };
}

const isTokenizer = (name: string): name is BleuTokenizer => Object.hasOwn(bleuTokenizers, name);
