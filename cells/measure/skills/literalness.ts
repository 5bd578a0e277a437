/**
 * How literally a model translates, measured in two ways. The first is by idioms: each sentence has an idiom, phrases that
 * translate it word by word, and phrases that translate its sense. The second is by word alignments from an external aligner:
 * a literal translation leaves few source words unaligned and keeps their order.
 *
 * The file of idioms has one sentence per line: `{"source": "…", "literal": ["den Eimer getreten"], "sense": ["gestorben",
 * "tot"]}`.
 */
import type { ChatModel } from "../../contracts.ts";
import { normalised } from "../../data/content.ts";
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { fillTemplate } from "../../data/template.ts";
import { requireKnown } from "../../options.ts";
import { cutOffShare } from "../answers.ts";
import { cleanAnswers, type TranslateOptions } from "../translation/cleaning.ts";
import { type LanguagePair, skillOptions, type Writing } from "./instructions.ts";

export type Idiom = { readonly source: string; readonly literal: readonly string[]; readonly sense: readonly string[] };

export type IdiomOptions = LanguagePair &
  TranslateOptions & { readonly instruction?: string; readonly writing?: Writing };

export type IdiomRow = {
  readonly source: string;
  readonly translation: string;
  readonly found: "literal" | "sense" | "both" | "neither";
};

export type Literalness = {
  /** Literal translations ÷ decided ones, from 0 to 1; NaN if none is decided. */
  readonly literal: number;
  /** Decided translations ÷ all. A translation is decided if it has phrases of one kind only. */
  readonly decided: number;
  /** Translations that were cut off ÷ all. */
  readonly cutOff: number;
  readonly rows: readonly IdiomRow[];
};

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
export async function idiomFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<Idiom>> {
  const read = (row: unknown): Idiom[] => {
    return [{ source: textField(row, "source"), literal: phrases(row, "literal"), sense: phrases(row, "sense") }];
  };
  return readRows(path, await recordsOf(path, format), read, bad);
}

function phrases(row: unknown, name: string): string[] {
  const found = field(row, name);
  if (
    !Array.isArray(found) ||
    found.length === 0 ||
    !found.every((each) => typeof each === "string" && each.trim() !== "")
  )
    throw new BadRowError(`"${name}" is not a list of phrases`);
  return found as string[];
}

/** Case and punctuation do not matter when phrases are searched for. */
export async function literalness(
  model: ChatModel,
  list: readonly Idiom[],
  options: IdiomOptions,
): Promise<Literalness> {
  requireKnown("literalness(…)", options, [...skillOptions, "writing"]);
  const { from, to, writing = "words", instruction = "Translate from {from} into {to}: {source}" } = options;
  const comparable = (text: string): string => (writing === "words" ? ` ${normalised(text)} ` : normalised(text));
  const instructions = list.map(({ source }) => fillTemplate(instruction, { from, to, source }));
  const sources = list.map(({ source }) => source);
  const translations = await cleanAnswers(model, instructions, sources, { ...options, label: "idioms" });
  const rows = list.map((idiom, i): IdiomRow => {
    const translation = translations[i]!.text;
    const text = comparable(translation);
    const [literal, sense] = [idiom.literal, idiom.sense].map((each) =>
      each.some((phrase) => text.includes(comparable(phrase))),
    );
    return {
      source: idiom.source,
      translation,
      found: literal && sense ? "both" : literal ? "literal" : sense ? "sense" : "neither",
    };
  });
  const count = (kind: IdiomRow["found"]): number => rows.filter(({ found }) => found === kind).length;
  const decided = count("literal") + count("sense");
  return {
    literal: count("literal") / decided,
    decided: decided / Math.max(1, rows.length),
    cutOff: cutOffShare(translations),
    rows,
  };
}

export type AlignmentMeasures = {
  /** Source words without a link ÷ source words. The lower, the more literal. */
  readonly unaligned: number;
  /** The mean distance of links from the diagonal, |i ÷ n − j ÷ m| for a link from word i of n to word j of m; 0 for the same order. */
  readonly nonMonotonicity: number;
};

/**
 * @param alignments one line per sentence in Pharaoh format, `0-0 1-2`: source word to target word, counted from 0
 * @throws if the three lists differ in length, or a link points outside its sentence
 */
export function alignmentMeasures(
  sources: readonly string[],
  translations: readonly string[],
  alignments: readonly string[],
): AlignmentMeasures {
  if (sources.length !== translations.length || sources.length !== alignments.length)
    throw new Error(
      `There are ${sources.length} sources, ${translations.length} translations and ${alignments.length} alignments; the numbers must be equal.`,
    );
  const count = (text: string): number => text.split(/\s+/).filter(Boolean).length;
  let [words, linked, distance, links] = [0, 0, 0, 0];
  for (const [at, line] of alignments.entries()) {
    const [n, m] = [count(sources[at]!), count(translations[at]!)];
    const aligned = new Set<number>();
    for (const link of line.split(/\s+/).filter(Boolean)) {
      const [, i, j] = (/^(\d+)-(\d+)$/.exec(link) ?? []).map(Number);
      if (i === undefined || j === undefined || i >= n || j >= m)
        throw new Error(`Alignment ${at + 1} has the link "${link}", but its sentences have ${n} and ${m} words.`);
      aligned.add(i);
      distance += Math.abs(i / n - j / m);
      links += 1;
    }
    words += n;
    linked += aligned.size;
  }
  return { unaligned: (words - linked) / Math.max(1, words), nonMonotonicity: distance / Math.max(1, links) };
}
