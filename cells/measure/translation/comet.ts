/**
 * COMET scores (Rei et al. 2022, https://aclanthology.org/2022.wmt-1.52) come from a file: the metric is a model of half a
 * billion parameters that runs elsewhere. `comet-score -s … -t a.txt b.txt -r … --to_json scores.json` writes one list of
 * segments per system; without it, it prints `a.txt<TAB>Segment 0<TAB>score: 0.8312`, which is read as well.
 *
 * A score belongs to one translation of one sentence. So scores are joined with the run's own translations by the texts
 * that the file holds, and a file made of other translations is refused.
 */
import { linesOf } from "../../data/lines.ts";
import { host } from "../../host.ts";
import { isRecord } from "../../json.ts";
import type { Resampling } from "../statistics/bootstrap.ts";
import { type Comparison, compareMeans } from "../statistics/comparison.ts";

export type CometSegment = { readonly score: number; readonly source?: string; readonly translation?: string };

/** The segments of each system, by the name that the file gives it: the path of its translations. */
export type CometScores = {
  readonly file: string;
  readonly systems: Readonly<Record<string, readonly CometSegment[]>>;
};

/** What was translated, in the order in which `comet-score` was given it. */
export type CometTranslations = { readonly sources: readonly string[]; readonly translations: readonly string[] };

/** @throws if the file is of neither form, or a segment has no score. */
export async function cometScores(file: string): Promise<CometScores> {
  const text = linesOf(await host().readFile(file))
    .map((line) => line.text)
    .join("\n");
  const systems = /^\s*[{[]/.test(text) ? fromJson(file, text) : fromPrinted(file, text);
  if (Object.keys(systems).length === 0) throw wrong(file, "it holds no scores");
  return { file, systems };
}

const wrong = (file: string, why: string): Error =>
  new Error(
    `${file} cannot be read as scores of comet-score: ${why}. Write them with --to_json, or keep what it prints.`,
  );

function fromJson(file: string, text: string): Record<string, CometSegment[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong(file, "it is no JSON");
  }
  if (!isRecord(json)) throw wrong(file, "it is no record of systems");
  return Object.fromEntries(
    Object.entries(json).map(([system, list]) => {
      if (!Array.isArray(list)) throw wrong(file, `"${system}" is no list of segments`);
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
      throw wrong(file, `line ${i + 1} tells of segment ${place}, after ${list.length} others`);
    list.push({ score: Number(score) });
  }
  return systems;
}

/**
 * The scores of one system's translations, in their order.
 * @throws if the file does not hold the system, not as many segments, or segments of other texts.
 */
export function cometOf(
  { file, systems }: CometScores,
  system: string,
  { sources, translations }: CometTranslations,
): number[] {
  const segments = Object.hasOwn(systems, system) ? systems[system]! : undefined;
  if (!segments) throw new Error(`${file} has no scores of "${system}"; it has ${Object.keys(systems).join(", ")}.`);
  if (segments.length !== translations.length)
    throw new Error(
      `${file} scores ${segments.length} segments of "${system}"; here are ${translations.length} translations.`,
    );
  // comet-score strips the lines that it reads, and a translation is one line to it.
  const same = (a: string | undefined, b = ""): boolean => a === undefined || a.trim() === b.trim();
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

/** The mean COMET of two systems on the same sentences, their paired difference and its interval. */
export const compareComet = (
  baseline: readonly number[],
  system: readonly number[],
  resampling?: Resampling,
): Comparison => compareMeans("COMET", { baseline, system }, resampling);
