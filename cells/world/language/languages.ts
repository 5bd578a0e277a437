/** The two invented languages: how each writes a sentence and a word. */
import type { Lexeme } from "./lexicon.ts";
import { orin } from "./orin.ts";
import type { Sentence } from "./sentence.ts";
import { orinStems, velanStems } from "./stems.ts";
import { velan } from "./velan.ts";

export type Language = "orin" | "velan";

type Spelling = {
  readonly name: string;
  readonly sentence: (sentence: Sentence) => string;
  readonly stem: (lexeme: Lexeme) => string;
};

export const languages: Readonly<Record<Language, Spelling>> = {
  orin: { name: "Orin", sentence: orin, stem: (lexeme) => orinStems[lexeme] },
  velan: { name: "Velan", sentence: velan, stem: (lexeme) => velanStems[lexeme] },
};
