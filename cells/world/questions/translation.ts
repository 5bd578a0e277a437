/** Translation between English and one of the invented languages, in three wordings. */
import type { Pair } from "../../types.ts";
import type { Chance } from "../chance.ts";
import { english } from "../language/english.ts";
import { type Language, languages } from "../language/languages.ts";
import type { Sentence } from "../language/sentence.ts";

export type Direction = "into" | "from";

const wordings: readonly ((from: string, to: string, source: string) => string)[] = [
  (_, to, source) => `Translate into ${to}: ${source}`,
  (from, to, source) => `Translate from ${from} into ${to}: ${source}`,
  (_, to, source) => `Say this in ${to}: ${source}`,
];

/** The two sides of a text as a pair; `direction` is seen from the invented language: "into" translates English into it. */
export function pairOf(
  draw: Chance,
  { english: ours, foreign }: { readonly english: string; readonly foreign: string },
  language: Language,
  direction: Direction,
): Pair {
  const sides = [
    { name: "English", text: ours },
    { name: languages[language].name, text: foreign },
  ] as const;
  const [from, to] = direction === "into" ? sides : [sides[1], sides[0]];
  return {
    source: from.text,
    reference: to.text,
    from: from.name,
    to: to.name,
    instruction: draw.pick(wordings)(from.name, to.name, from.text),
  };
}

export const translation = (draw: Chance, sentence: Sentence, language: Language, direction: Direction): Pair =>
  pairOf(draw, { english: english(sentence), foreign: languages[language].sentence(sentence) }, language, direction);
