/**
 * Whether a model still gains from context: documents translated as a whole and sentence by sentence, both scored as whole
 * documents, so that the difference is what the context gave or took.
 *
 * The file has one document per line: `{"sources": ["…", "…"], "references": ["…", "…"]}`, as many of both. The embedded world
 * gives documents of its own (`worldDocuments`), but it cannot carry the question: its sentences never point at each other,
 * and its base, which was shown one sentence at a time, makes one of two (chrF 0.48 for 0.97 on Orin). A rise of that is all
 * that they can show.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, field, type Reading, readRows } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { type Language, languages } from "../../world/language/languages.ts";
import { testSets } from "../../world/test-sets.ts";
import type { Resampling } from "../statistics/bootstrap.ts";
import { type Comparison, compareTexts } from "../statistics/comparison.ts";
import { chrfMetric } from "../translation/chrf.ts";
import type { TextMetric } from "../translation/text-metric.ts";
import { type Direction, filledIn, linesFor } from "./asked.ts";

export type Document = { readonly sources: readonly string[]; readonly references: readonly string[] };

export type DocumentOptions = Direction & {
  readonly instruction?: string;
  /** chrF unless given. */
  readonly metric?: TextMetric;
  readonly resampling?: Resampling;
};

export type DocumentScores = {
  /** Of documents translated sentence by sentence, and as a whole. */
  readonly sentence: number;
  readonly document: number;
  /** The whole against the sentences: the difference, its interval over documents, and what it is worth. */
  readonly gain: Comparison;
  readonly rows: readonly {
    readonly reference: string;
    readonly sentenceBySentence: string;
    readonly asAWhole: string;
  }[];
};

/** @throws as `bad` says. */
export async function documentFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<Document>> {
  return readRows(path, await recordsOf(path, format), (row) => [documentOf(row)], bad);
}

function documentOf(row: unknown): Document {
  const list = (name: string): string[] => {
    const texts = field(row, name);
    if (!Array.isArray(texts) || !texts.every((each) => typeof each === "string" && each.trim() !== ""))
      throw new BadRowError(`"${name}" is no list of texts`);
    return texts as string[];
  };
  const [sources, references] = [list("sources"), list("references")];
  if (sources.length < 2 || sources.length !== references.length)
    throw new BadRowError(`${sources.length} sources and ${references.length} references are no document`);
  return { sources, references };
}

/** Two sentences each, out of the fixed test of a language of the world, into English. */
export function worldDocuments(language: Language): { readonly documents: Document[] } & Direction {
  const pairs = testSets()[language].filter(({ to }) => to === "English");
  const starts = Array.from({ length: Math.floor(pairs.length / 2) }, (_, i) => 2 * i);
  const both = starts.map((at) => pairs.slice(at, at + 2));
  return {
    from: languages[language].name,
    to: "English",
    documents: both.map((each) => ({
      sources: each.map(({ source }) => source),
      references: each.map(({ reference }) => reference),
    })),
  };
}

/** @throws if there are no documents. */
export async function documentContext(
  model: ChatModel,
  list: readonly Document[],
  options: DocumentOptions,
): Promise<DocumentScores> {
  if (list.length === 0) throw new Error("Context is measured on documents; here are none.");
  const { from, to, metric = chrfMetric() } = options;
  const instruction = options.instruction ?? "Translate from {from} into {to}: {source}";
  const asked = (source: string): string => filledIn(instruction, { from, to, source });
  const longest = Math.max(...list.map(({ sources }) => sources.length));
  const single = list.flatMap(({ sources }) => sources.map(asked));
  const alone = await linesFor(model, single, 128, "sentences");
  const whole = await linesFor(
    model,
    list.map(({ sources }) => asked(sources.join(" "))),
    128 * longest,
    "documents",
  );
  let at = 0;
  const joined = list.map(({ sources }) => {
    at += sources.length;
    return alone.slice(at - sources.length, at).join(" ");
  });
  const references = list.map((each) => each.references.join(" "));
  const gain = compareTexts(metric, { baseline: joined, system: whole, references }, options.resampling);
  const rows = references.map((reference, i) => ({ reference, sentenceBySentence: joined[i]!, asAWhole: whole[i]! }));
  return { sentence: gain.baseline, document: gain.system, gain, rows };
}
