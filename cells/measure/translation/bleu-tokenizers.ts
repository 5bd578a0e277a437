/**
 * The tokenizers of BLEU, rule for rule as sacreBLEU 2.6.0 has them: `13a` (NIST's mteval-v13a, the default), `intl`
 * (mteval-v14), `zh` (characters of Chinese apart, the rest as 13a), `char`, and `none`. Each takes a sentence to a text
 * whose words stand between white space. Patterns count code points, as Python's do.
 */
import { withoutBlankEnd, withoutBlankStart, words } from "./words.ts";

export type BleuTokenizer = "13a" | "intl" | "zh" | "char" | "none";

/** A tokenizer by the name that signatures give it. */
export type OwnTokenizer = { readonly name: string; readonly tokenize: (sentence: string) => string };

export const bleuTokenizers: Readonly<Record<BleuTokenizer, (sentence: string) => string>> = {
  "13a": (sentence) => western(` ${unescaped(joined(sentence))} `),

  // A full stop after a number stays with it, also at the end of a sentence: so it is in mteval-v14.
  intl: (sentence) =>
    spaced(
      sentence
        .replace(/(\P{N})(\p{P})/gu, "$1 $2 ")
        .replace(/(\p{P})(\P{N})/gu, " $1 $2")
        .replace(/\p{S}/gu, " $& "),
    ),

  zh: (sentence) => western(withoutBlankEnd(withoutBlankStart(sentence)).replace(chinese, " $& ")),

  char: (sentence) => Array.from(sentence).join(" "),

  none: (sentence) => sentence,
};

const spaced = (text: string): string => words(text).join(" ");

const joined = (sentence: string): string =>
  sentence.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");

/** The four names that XML gives to characters, resolved. */
export const unescaped = (sentence: string): string =>
  sentence.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");

const western = (text: string): string => spaced(withStopsApart(withPunctuationApart(text)));

/** All of ASCII's punctuation apart from words, but for full stop, comma, hyphen and apostrophe. */
export const withPunctuationApart = (text: string): string => text.replace(/[{-~[-` -&(-+:-@/]/gu, " $& ");

/** Full stop, comma and hyphen apart, where they do not belong to a number. */
export const withStopsApart = (text: string): string =>
  text
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ");

/**
 * What counts as Chinese. U+2001–2A6D (punctuation, arrows, mathematics, …) is among it because sacreBLEU compares a
 * character with the two-character texts U+2000 "0" and U+2A6D "6", where Extension B from U+20000 was meant.
 */
const chinese = new RegExp(
  `[${[
    "\u2001-\u2a6d",
    "\u2e80-\u2fdf",
    "\u2ff0-\u303f",
    "\u3100-\u312f",
    "\u31a0-\u31bf",
    "\u31c0-\u31ef",
    "\u3200-\u4db5",
    "\u4e00-\u9fbb",
    "\uf900-\ufa2d",
    "\ufa30-\ufa6a",
    "\ufa70-\ufad9",
    "\ufe10-\ufe1f",
    "\ufe30-\ufe4f",
    "\uff00-\uffef",
  ].join("")}]`,
  "gu",
);
