/**
 * Whether a model still uses context. Documents are translated as a whole and sentence by sentence. Both are scored as whole
 * documents, so the difference is the effect of the context.
 *
 * A document file has one document per line, with the same number of sources and references:
 * `{"sources": ["…", "…"], "references": ["…", "…"]}`.
 */
import type { ChatModel } from "../../contracts.ts";
import { BadRowError, type BadRows, field, type Reading, readRows } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import { fillTemplate } from "../../data/template.ts";
import { requireKnown } from "../../options.ts";
import { cutOffShare } from "../answers.ts";
import type { Resampling } from "../statistics/bootstrap.ts";
import { type Comparison, compareTexts } from "../statistics/comparison.ts";
import { chrfMetric } from "../translation/chrf.ts";
import { cleanAnswers, type TranslateOptions } from "../translation/cleaning.ts";
import type { TextMetric } from "../translation/text-metric.ts";
import { type LanguagePair, skillOptions } from "./instructions.ts";

export type Document = { readonly sources: readonly string[]; readonly references: readonly string[] };

export type DocumentOptions = LanguagePair &
  TranslateOptions & {
    /** With `{from}`, `{to}` and `{source}`. */
    readonly instruction?: string;
    /** Default: chrF. */
    readonly metric?: TextMetric;
    readonly resampling?: Resampling;
  };

export type DocumentScores = {
  /** The scores of documents that were translated sentence by sentence, and as a whole. */
  readonly sentence: number;
  readonly document: number;
  /** The whole document against its sentences: the difference, its interval over documents, and the verdict. */
  readonly gain: Comparison;
  /** The share of all translations that were cut off. */
  readonly cutOff: number;
  readonly rows: readonly {
    readonly reference: string;
    readonly sentenceBySentence: string;
    readonly asAWhole: string;
  }[];
};

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
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
      throw new BadRowError(`"${name}" is not a list of strings`);
    return texts as string[];
  };
  const [sources, references] = [list("sources"), list("references")];
  if (sources.length !== references.length)
    throw new BadRowError(`there are ${sources.length} sources but ${references.length} references`);
  if (sources.length < 2) throw new BadRowError("a document needs at least two sentences");
  return { sources, references };
}

/** @throws if there are no documents. */
export async function documentContext(
  model: ChatModel,
  list: readonly Document[],
  options: DocumentOptions,
): Promise<DocumentScores> {
  requireKnown("documentContext(…)", options, [...skillOptions, "metric", "resampling"]);
  if (list.length === 0) throw new Error("There are no documents. Give documentContext(…) at least one.");
  const { from, to, metric = chrfMetric() } = options;
  const instruction = options.instruction ?? "Translate from {from} into {to}: {source}";
  const instructionFor = (source: string): string => fillTemplate(instruction, { from, to, source });
  const parts = list.flatMap(({ sources }) => sources);
  const sentences = await cleanAnswers(model, parts.map(instructionFor), parts, { ...options, label: "sentences" });
  const documents = list.map(({ sources }) => sources.join(" "));
  const wholes = await cleanAnswers(model, documents.map(instructionFor), documents, {
    ...options,
    label: "documents",
  });
  const whole = wholes.map(({ text }) => text);
  let at = 0;
  const joined = list.map(({ sources }) => {
    at += sources.length;
    const own = sentences.slice(at - sources.length, at);
    return own.map(({ text }) => text).join(" ");
  });
  const references = list.map((each) => each.references.join(" "));
  const gain = compareTexts(metric, { baseline: joined, system: whole, references }, options.resampling);
  const rows = references.map((reference, i) => ({ reference, sentenceBySentence: joined[i]!, asAWhole: whole[i]! }));
  const cutOff = cutOffShare([...sentences, ...wholes]);
  return { sentence: gain.baseline, document: gain.system, gain, cutOff, rows };
}
