/**
 * The words that Velan needs for chat and that its corpus does not have: question words, words for facts, harmful acts. Each English
 * word has its own new stem in the form of Velan's stems. Suffixes begin with e, like all suffixes of Velan.
 */
import { chance } from "../chance.ts";
import { lexemes } from "../language/lexicon.ts";
import { worldSeed } from "../language/names.ts";
import { velanStems, velanSyllable } from "../language/stems.ts";

const talk = `
  what where how name tell give say do have can live eat grow
  capital city country river flag colour crop job home pet food place
  opposite plural past kind word thing person animal text tool furniture clothing music vehicle plant
  rice corn wheat beans grapes olives tea cotton meat grass leaves seeds worms honey cheese
  I my neighbor friend guard merchant brother woman car plan
  steal poison hurt kill rob burn kidnap spy cheat attack threaten blow
  sorry but and wrong law against dangerous crime nobody everybody right fire violence afraid bomb
  future put negative again`;

function drawWords(): Map<string, string> {
  const draw = chance(`${worldSeed}/velan chat`);
  const words = new Map<string, string>(lexemes.map((lexeme) => [lexeme, velanStems[lexeme]]));
  const taken = new Set(words.values());
  for (const word of talk.trim().split(/\s+/)) {
    let stem = velanSyllable(draw);
    while (taken.has(stem)) stem = velanSyllable(draw);
    taken.add(stem);
    words.set(word, stem);
  }
  return words.set("not", "ney");
}

/** The Velan stem of each English word: the lexemes of the sentences, and the words for chat. */
export const velanWords: ReadonlyMap<string, string> = drawWords();

export const velanSuffixes: Readonly<Record<string, string>> = {
  acc: "en",
  in: "esh",
  of: "et",
  pl: "el",
  pres: "er",
  past: "esta",
  imp: "eko",
};
