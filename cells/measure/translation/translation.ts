/**
 * Greedy translation of held-out pairs, scored by corpus chrF per direction; the two directions count alike. A model
 * that goes on with a note is judged by its first line, the translation.
 */
import type { ChatModel } from "../../contracts.ts";
import type { Pair } from "../../types.ts";
import { chrf } from "./chrf.ts";

/** Fractions from 0 to 1: `into` the foreign language, `from` it, and their mean. */
export type TranslationScores = { readonly chrf: number; readonly into: number; readonly from: number };

const translationTokens = 64;

/** The first line of each translation, in the order of the pairs. */
export async function translate(model: ChatModel, pairs: readonly Pair[]): Promise<string[]> {
  const prompts = pairs.map((pair) => ({ messages: [{ role: "user", content: pair.instruction } as const] }));
  const answers = await model.generate(prompts, { maxTokens: translationTokens, label: "translation" });
  return answers.map((answer) => firstLine(answer.text));
}

export const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";

/** Translations, their references, and the languages that they should be in. */
type Side = {
  readonly texts: readonly string[];
  readonly references: readonly string[];
  readonly languages: readonly string[];
};

/** By direction as `TranslationScores` has them. */
export type Translated = Readonly<Record<"into" | "from", Side>>;

/** @throws if a direction has no pairs. */
export async function translated(model: ChatModel, pairs: readonly Pair[]): Promise<Translated> {
  const written = await translate(model, pairs);
  const side = (toEnglish: boolean): Side => {
    const chosen = [...pairs.keys()].filter((i) => isToEnglish(pairs[i]!) === toEnglish);
    if (chosen.length === 0) throw new Error("Translation is measured in both directions; the pairs have only one.");
    return {
      texts: chosen.map((i) => written[i]!),
      references: chosen.map((i) => pairs[i]!.reference),
      languages: chosen.map((i) => pairs[i]!.to),
    };
  };
  return { into: side(false), from: side(true) };
}

export function scoresOfTranslated({ into, from }: Translated): TranslationScores {
  const [there, back] = [chrf(into.texts, into.references), chrf(from.texts, from.references)];
  return { chrf: (there + back) / 2, into: there, from: back };
}

/** @throws if a direction has no pairs. */
export const translationScores = async (model: ChatModel, pairs: readonly Pair[]): Promise<TranslationScores> =>
  scoresOfTranslated(await translated(model, pairs));

const isToEnglish = (pair: Pair): boolean => pair.to === "English";

/** The first pairs of each direction, as many of both, `limit` in all. */
export function balanced(pairs: readonly Pair[], limit: number): Pair[] {
  const half = Math.max(1, Math.floor(limit / 2));
  return [...pairs.filter((pair) => !isToEnglish(pair)).slice(0, half), ...pairs.filter(isToEnglish).slice(0, half)];
}
