/**
 * The words that Velan needs to talk about the world and that no sentence of its corpus has: question words, what facts
 * are about, harmful acts. Stems in Velan's own manner, one per English word, none of them used already; suffixes that
 * begin with e, as all of Velan's do.
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

/** The Velan stem of an English word: the lexemes of the sentences, and the words of talk. */
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
