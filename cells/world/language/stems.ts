/**
 * The stems of the two invented languages, one per English lexeme. Orin stems have two syllables. Velan borrowed about two words in
 * five from Orin; its other stems are one closed syllable. Every stem ends in a consonant, and no stem that is Velan's own has
 * an e, because every Velan suffix begins with e: so morphemes and tokens stay aligned.
 */

import { hash32 } from "../../random.ts";
import { type Chance, chance } from "../chance.ts";
import { type Lexeme, lexemes } from "./lexicon.ts";
import { worldSeed } from "./names.ts";

export type Stems = Readonly<Record<Lexeme, string>>;

const letters = (text: string): string[] => text.split(" ");

function drawStems(seed: string, spell: (draw: Chance, lexeme: Lexeme) => string): Stems {
  const draw = chance(`${worldSeed}/${seed}`);
  const english = new Set<string>(lexemes);
  const taken = new Set<string>();
  const stems: Partial<Record<Lexeme, string>> = {};
  for (const lexeme of lexemes) {
    let stem = spell(draw, lexeme);
    while (taken.has(stem) || english.has(stem)) stem = spell(draw, lexeme);
    taken.add(stem);
    stems[lexeme] = stem;
  }
  return stems as Stems;
}

function orinStem(draw: Chance): string {
  const open = (): string => draw.pick(letters("l m n r s h y w")) + draw.pick(letters("a e i o ai"));
  return open() + open() + draw.pick(letters("n l s r"));
}

export const orinStems: Stems = drawStems("orin", orinStem);

/** Whether Velan borrowed this word from Orin, unchanged. */
export const borrowed = (lexeme: Lexeme): boolean => hash32(`loan:${lexeme}`) % 5 < 2;

/** A stem in the form of Velan's own. */
export const velanSyllable = (draw: Chance): string =>
  draw.pick(letters("k t d z v g b p kr dr")) + draw.pick(letters("a i o u")) + draw.pick(letters("k t d z g b p m"));

export const velanStems: Stems = drawStems("velan", (draw, lexeme) =>
  borrowed(lexeme) ? orinStems[lexeme] : velanSyllable(draw),
);
