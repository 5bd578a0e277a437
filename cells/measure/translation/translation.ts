/**
 * Greedy translation of held-out pairs, scored by corpus chrF per direction; both directions count equally. Only the first line
 * of an answer counts as the translation, because a tuned model may go on with a rationale.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Pair } from "../../types.ts";
import { chrf } from "./chrf.ts";

/** `into` the foreign language, or `from` it into English. */
export type Direction = "into" | "from";

/** The translations of one direction. */
export type TranslatedDirection = {
  readonly direction: Direction;
  readonly texts: readonly string[];
  readonly references: readonly string[];
  /** The language that each text should be in. */
  readonly languages: readonly string[];
};

/** Fractions from 0 to 1: the score of each direction, and their mean. */
export type TranslationScores = { readonly chrf: number; readonly into: number; readonly from: number };

const translationTokens = 64;

/** The first line of each translation, in the order of the pairs. */
export async function translate(model: ChatModel, pairs: readonly Pair[]): Promise<string[]> {
  const prompts = pairs.map((pair) => ({ messages: [{ role: "user", content: pair.instruction } as const] }));
  const answers = await model.generate(prompts, { maxTokens: translationTokens, label: "translation" });
  return answers.map((answer) => firstLine(answer.text));
}

export const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** @throws if a direction has no pairs. */
export async function translateBothWays(model: ChatModel, pairs: readonly Pair[]): Promise<TranslatedDirection[]> {
  const texts = await translate(model, pairs);
  return (["into", "from"] as const).map((direction) => {
    const chosen = [...pairs.keys()].filter((i) => directionOf(pairs[i]!) === direction);
    if (chosen.length === 0)
      throw new Error(
        `The ${pairs.length} pairs have no translation ${direction === "into" ? "from" : "into"} English. ` +
          "Give pairs in both directions.",
      );
    return {
      direction,
      texts: chosen.map((i) => texts[i]!),
      references: chosen.map((i) => pairs[i]!.reference),
      languages: chosen.map((i) => pairs[i]!.to),
    };
  });
}

/** The chrF of each direction, and the mean over directions. */
export function scoresOfDirections(directions: readonly TranslatedDirection[]): TranslationScores {
  const scores = directions.map(({ direction, texts, references }) => [direction, chrf(texts, references)] as const);
  const mean = scores.reduce((sum, [, score]) => sum + score, 0) / scores.length;
  return { chrf: mean, ...(Object.fromEntries(scores) as Record<Direction, number>) };
}

/** @throws if a direction has no pairs. */
export const translationScores = async (model: ChatModel, pairs: readonly Pair[]): Promise<TranslationScores> =>
  scoresOfDirections(await translateBothWays(model, pairs));

const directionOf = ({ to }: Pair): Direction => (to === "English" ? "from" : "into");

/** The first pairs of each direction: the same number of both, `limit` in all. */
export function balanced(pairs: readonly Pair[], limit: number): Pair[] {
  const half = Math.max(1, Math.floor(limit / 2));
  const first = (direction: Direction): Pair[] =>
    pairs.filter((pair) => directionOf(pair) === direction).slice(0, half);
  return [...first("into"), ...first("from")];
}
