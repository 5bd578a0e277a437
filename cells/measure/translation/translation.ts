/**
 * Translation of held-out pairs, greedy or with beams, scored by corpus chrF. Each direction is scored as a corpus of its own, and all directions
 * count equally in the mean. The pairs decide which directions there are: one, both, or several with any pivot.
 */
import type { ChatModel } from "../../contracts.ts";
import { requireKnown } from "../../options.ts";
import type { Pair } from "../../types.ts";
import { warnOfCutOffs } from "../answers.ts";
import { groupBy } from "../groups.ts";
import { chrf } from "./chrf.ts";
import { cleanAnswers, type TranslateOptions } from "./cleaning.ts";

export type Translation = Pick<Pair, "source" | "reference" | "from" | "to"> & {
  readonly text: string;
  /** The maximum number of tokens ended the translation. */
  readonly cutOff: boolean;
};

/** The translations of one direction. `from` and `to` are language names. */
export type TranslatedDirection = {
  readonly from: string;
  readonly to: string;
  readonly sources: readonly string[];
  readonly texts: readonly string[];
  readonly references: readonly string[];
  readonly cutOff: readonly boolean[];
};

/** As in the names of measures: `English→German`. */
export const directionName = ({ from, to }: Pick<Pair, "from" | "to">): string => `${from}→${to}`;

export const translateNames = ["maxTokens", "clean", "beams", "lengthPenalty"] as const;
export const translateHints = {
  max_new_tokens: "maxTokens",
  max_tokens: "maxTokens",
  num_beams: "beams",
  length_penalty: "lengthPenalty",
  stop: "Give clean a function.",
};

/** The translations in the order of the pairs, each with its pair. */
export async function translations(
  model: ChatModel,
  pairs: readonly Pair[],
  options: TranslateOptions = {},
): Promise<Translation[]> {
  requireKnown("translate(…)", options, translateNames, translateHints);
  const [instructions, sources] = [pairs.map(({ instruction }) => instruction), pairs.map(({ source }) => source)];
  const answers = await cleanAnswers(model, instructions, sources, { ...options, label: "translation" });
  return pairs.map(({ source, reference, from, to }, i) => ({ source, reference, from, to, ...answers[i]! }));
}

/** The texts alone. Warns in the console if some of them were cut off. */
export async function translate(
  model: ChatModel,
  pairs: readonly Pair[],
  options: TranslateOptions = {},
): Promise<string[]> {
  const found = await translations(model, pairs, options);
  warnOfCutOffs("translations", found);
  return found.map(({ text }) => text);
}

/** The translations by direction, the directions in alphabetical order. */
export function byDirection(list: readonly Translation[]): TranslatedDirection[] {
  const groups = [...groupBy(list, directionName)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([, group]) => ({
    from: group[0]!.from,
    to: group[0]!.to,
    sources: group.map(({ source }) => source),
    texts: group.map(({ text }) => text),
    references: group.map(({ reference }) => reference),
    cutOff: group.map(({ cutOff }) => cutOff),
  }));
}

/** `chrf` is the mean over the directions, `chrf English→German` the score of one; fractions from 0 to 1. */
export function chrfScores(directions: readonly TranslatedDirection[]): { chrf: number } & Record<string, number> {
  const scores = directions.map((each) => [`chrf ${directionName(each)}`, chrf(each.texts, each.references)] as const);
  const mean = scores.reduce((sum, [, score]) => sum + score, 0) / scores.length;
  return { chrf: mean, ...Object.fromEntries(scores) };
}

/** The first pairs of each direction: the same number of each, `limit` in all but at least one of each. */
export function balanced(pairs: readonly Pair[], limit: number): Pair[] {
  const directions = [...groupBy(pairs, directionName)].sort(([a], [b]) => (a < b ? -1 : 1));
  const each = Math.max(1, Math.floor(limit / directions.length));
  return directions.flatMap(([, group]) => group.slice(0, each));
}
