/**
 * COMET scores (Rei et al. 2022, https://aclanthology.org/2022.wmt-1.52), read from a file: the metric is a model with half a billion
 * parameters, which you run yourself. `comet-score -s … -t a.txt b.txt -r … --to_json scores.json` writes one list of segments per
 * system. Its printed output (`a.txt<TAB>Segment 0<TAB>score: 0.8312`) can be read as well.
 *
 * A score belongs to one translation of one sentence. So the texts in the file are compared with the translations at hand, and a file
 * with scores of other translations is rejected.
 */
import { linesOf } from "../../data/lines.ts";
import { textBytes } from "../../data/text-bytes.ts";
import { isRecord } from "../../json.ts";
import type { Resampling } from "../statistics/bootstrap.ts";
import { type Comparison, compareMeans } from "../statistics/comparison.ts";

export type CometSegment = { readonly score: number; readonly source?: string; readonly translation?: string };

/** The segments of each system. A system's name in the file is the path of its translations. */
export type CometScores = {
  readonly file: string;
  readonly systems: Readonly<Record<string, readonly CometSegment[]>>;
};

/** Sources and translations, in the order in which `comet-score` got them. */
export type CometTranslations = { readonly sources: readonly string[]; readonly translations: readonly string[] };

/** @throws if the file has neither format, or a segment has no score. */
export async function cometScores(file: string): Promise<CometScores> {
  const text = [...linesOf(await textBytes(file))].map((line) => line.text).join("\n");
  const systems = /^\s*[{[]/.test(text) ? fromJson(file, text) : fromPrinted(file, text);
  if (Object.keys(systems).length === 0) throw wrong(file, "it has no scores");
  return { file, systems };
}

const wrong = (file: string, why: string): Error =>
  new Error(`${file} is not a file of comet-score: ${why}. Write it with --to_json, or save the printed output.`);

function fromJson(file: string, text: string): Record<string, CometSegment[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong(file, "it is not valid JSON");
  }
  if (!isRecord(json)) throw wrong(file, "it is not a record of systems");
  return Object.fromEntries(
    Object.entries(json).map(([system, list]) => {
      if (!Array.isArray(list)) throw wrong(file, `"${system}" is not a list of segments`);
      return [system, list.map((segment: unknown, i) => segmentOf(file, system, segment, i))];
    }),
  );
}

function segmentOf(file: string, system: string, segment: unknown, at: number): CometSegment {
  const score = isRecord(segment) ? segment.COMET : undefined;
  if (typeof score !== "number") throw wrong(file, `segment ${at} of "${system}" has no "COMET"`);
  const { src, mt } = segment as Readonly<Record<string, unknown>>;
  return {
    score,
    ...(typeof src === "string" && { source: src }),
    ...(typeof mt === "string" && { translation: mt }),
  };
}

function fromPrinted(file: string, text: string): Record<string, CometSegment[]> {
  const systems: Record<string, CometSegment[]> = {};
  for (const [i, line] of text.split("\n").entries()) {
    const found = /^(.*)\tSegment (\d+)\tscore: (-?[\d.]+)(?:\t|$)/.exec(line);
    if (!found) continue;
    const [, system = "", place, score] = found;
    systems[system] ??= [];
    const list = systems[system];
    if (Number(place) !== list.length)
      throw wrong(file, `line ${i + 1} has segment ${place}, but segment ${list.length} should come next`);
    list.push({ score: Number(score) });
  }
  return systems;
}

/**
 * The scores of one system's translations, in their order.
 * @throws if the file lacks the system, has another number of segments, or has segments of other texts
 */
export function cometOf(
  { file, systems }: CometScores,
  system: string,
  { sources, translations }: CometTranslations,
): number[] {
  const segments = Object.hasOwn(systems, system) ? systems[system]! : undefined;
  if (!segments)
    throw new Error(`${file} has no scores of "${system}". It has scores of ${Object.keys(systems).join(", ")}.`);
  if (segments.length !== translations.length)
    throw new Error(
      `${file} has ${segments.length} segments of "${system}", but there are ${translations.length} translations. Give those that were scored.`,
    );
  const same = (a: string | undefined, b = ""): boolean => a === undefined || oneLine(a) === oneLine(b);
  const other = segments.findIndex(
    ({ source, translation }, i) => !same(source, sources[i]) || !same(translation, translations[i]),
  );
  if (other >= 0) {
    throw new Error(
      `Segment ${other} of "${system}" in ${file} is "${segments[other]!.translation}", ` +
        `but the translation here is "${translations[other]}". Score these very translations.`,
    );
  }
  return segments.map(({ score }) => score);
}

/** A text as comet-score has it: a translation is one line to it, and it strips the lines that it reads. */
export const oneLine = (text: string): string => text.trim().replace(/\s*[\r\n]\s*/g, " ");

/** Compares the mean COMET of two systems on the same sentences. */
export const compareComet = (
  baseline: readonly number[],
  system: readonly number[],
  resampling?: Resampling,
): Comparison => compareMeans("COMET", { baseline, system }, resampling);
