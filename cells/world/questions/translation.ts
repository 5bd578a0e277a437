/** Translation between English and one of the invented languages, with three wordings of the instruction. */
import type { Pair } from "../../types.ts";
import type { Chance } from "../chance.ts";
import { english } from "../language/english.ts";
import { type Language, languages } from "../language/languages.ts";
import type { Sentence } from "../language/sentence.ts";

type Translation = { readonly from: string; readonly to: string; readonly source: string };

const wordings: readonly ((translation: Translation) => string)[] = [
  ({ to, source }) => `Translate into ${to}: ${source}`,
  ({ from, to, source }) => `Translate from ${from} into ${to}: ${source}`,
  ({ to, source }) => `Say this in ${to}: ${source}`,
];

/** `into` the invented language, or `from` it into English. */
export type Direction = "into" | "from";

/** Both versions of a text as a pair. The direction "into" translates English into the invented language. */
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
    instruction: draw.pick(wordings)({ from: from.name, to: to.name, source: from.text }),
  };
}

export const translation = (draw: Chance, sentence: Sentence, language: Language, direction: Direction): Pair =>
  pairOf(draw, { english: english(sentence), foreign: languages[language].sentence(sentence) }, language, direction);
