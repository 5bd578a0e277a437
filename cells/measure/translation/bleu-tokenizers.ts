/**
 * The tokenizers of BLEU, with the same rules as sacreBLEU 2.6.0: `13a` (NIST's mteval-v13a, the default), `intl` (mteval-v14), `zh`
 * (Chinese characters separated, the rest as in 13a), `char`, and `none`. Each returns the sentence with white space between its
 * tokens. Patterns match code points, as in Python.
 */
import { withoutBlankEnd, withoutBlankStart, words } from "./words.ts";

export type BleuTokenizer = "13a" | "intl" | "zh" | "char" | "none";

/** Any other tokenizer, with its name in signatures. */
export type NamedTokenizer = { readonly name: string; readonly tokenize: (sentence: string) => string };

export const bleuTokenizers: Readonly<Record<BleuTokenizer, (sentence: string) => string>> = {
  "13a": (sentence) => western(` ${unescaped(joined(sentence))} `),

  // As in mteval-v14, a full stop after a number is not separated, even at the end of a sentence.
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

/** Replaces the four named entities of XML by their characters. */
export const unescaped = (sentence: string): string =>
  sentence.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");

const western = (text: string): string => spaced(withStopsApart(withPunctuationApart(text)));

/** Separates all ASCII punctuation but full stop, comma, hyphen and apostrophe. */
export const withPunctuationApart = (text: string): string => text.replace(/[{-~[-` -&(-+:-@/]/gu, " $& ");

/** Separates full stop, comma and hyphen where they are not part of a number. */
export const withStopsApart = (text: string): string =>
  text
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ");

/**
 * The characters that count as Chinese. They include U+2001–2A6D (punctuation, arrows, mathematics, …), because sacreBLEU compares a
 * character with the two-character strings U+2000 "0" and U+2A6D "6", although Extension B from U+20000 was meant.
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
