/**
 * Identifies the language of a text by the world's vocabulary. The three languages share names, and Velan borrowed two stems in five
 * from Orin, but their prefixes and suffixes differ. A text is in the language that has most of its words, if that is at least
 * half of them and more than any other language has.
 */

import type { LanguageIdentifier } from "../../measure/translation/off-target.ts";
import { words } from "../../measure/translation/words.ts";
import { adjectives, lexemes, nouns, numerals, past, plural, thirdPerson, verbs } from "../language/lexicon.ts";
import { capitals, countries, personNames, rivers } from "../language/names.ts";
import { orinStems, velanStems } from "../language/stems.ts";
import { testSets } from "../test-sets.ts";

/** Names are the same in all three languages, so they say nothing, except with a case suffix of Velan. */
const names = [...personNames, ...countries, ...capitals, ...rivers].map((name) => name.toLowerCase());

type WordTest = (word: string) => boolean;

/** Built on first use, because the test sets take a moment. */
let tests: readonly (readonly [language: string, knows: WordTest])[] | undefined;

export const worldLexicon: LanguageIdentifier = {
  name: "the world's lexicon",
  languages: ["English", "Orin", "Velan"],
  identify(text) {
    tests ??= [
      ["English", englishWords()],
      ["Orin", orinWords()],
      ["Velan", velanWords()],
    ];
    const wordsOfText = spelled(text).filter((word) => !names.includes(word));
    const known = tests.map(([language, knows]) => ({ language, count: wordsOfText.filter(knows).length }));
    known.sort((a, b) => b.count - a.count);
    const [first, second] = known;
    if (!first || !second || first.count * 2 < wordsOfText.length || first.count === second.count) return undefined;
    return first.language;
  },
};

const spelled = (text: string): string[] => words(text.toLowerCase().replace(/[^\p{L}\p{N}'\s]+/gu, " "));

/** The words of English sentences and of all questions and answers. */
function englishWords(): WordTest {
  const { general } = testSets();
  const said = Object.values(general).flatMap((items) =>
    items.flatMap((item) => [item.answer, ...item.prompt.map((turn) => turn.content)]),
  );
  const grammar = [
    ...nouns.flatMap((noun) => [noun, plural(noun)]),
    ...verbs.flatMap((verb) => [verb, past(verb), thirdPerson(verb)]),
    ...adjectives,
    ...numerals,
    "the does do did not will in near i'm sorry but i can't help with that",
  ];
  const known = new Set(spelled([...said, ...grammar].join(" ")));
  return (word) => known.has(word);
}

/** Verbs with a tense prefix, everything else without affixes. */
function orinWords(): WordTest {
  const stems = lexemes.map((lexeme) => orinStems[lexeme]);
  const tensed = verbs.flatMap((verb) => ["e", "sha"].map((tense) => tense + orinStems[verb]));
  const known = new Set([...stems, ...tensed, "uli", "mo", "ol", "rin"]);
  return (word) => known.has(word);
}

/** Nouns and names with suffixes for number and case, verbs with a tense suffix. */
function velanWords(): WordTest {
  const cases = ["", "en", "esh", "emi"];
  const declined = nouns.flatMap((noun) =>
    ["", "el"].flatMap((number) => cases.map((each) => velanStems[noun] + number + each)),
  );
  const conjugated = verbs.flatMap((verb) => ["er", "esta", "ewi"].map((tense) => velanStems[verb] + tense));
  const named = names.flatMap((name) => cases.map((each) => name + each));
  const plain = [...adjectives, ...numerals].map((lexeme) => velanStems[lexeme]);
  const known = new Set([...declined, ...named, ...conjugated, ...plain, "ney"]);
  return (word) => known.has(word);
}
