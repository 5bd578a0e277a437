/**
 * Off-target translations: texts in another language than the one asked for. An identifier says which language a text is in:
 * `languageLibrary()` for real languages, `world.lexicon` for the embedded world. Texts whose language it cannot identify are
 * counted separately, as neither right nor wrong.
 */
import type { Pair } from "../../types.ts";

export type LanguageIdentifier = {
  readonly name: string;
  /** The languages that it can identify, by their English names. */
  readonly languages: readonly string[];
  /** The English name of the text's language; undefined if it is unclear. */
  identify(text: string): string | undefined;
};

export type OffTarget = {
  /** Texts in another language ÷ all texts, from 0 to 1; 0 when there are none. */
  readonly rate: number;
  /** Texts whose language is unclear ÷ all texts. */
  readonly undetermined: number;
  /** The name of the identifier. */
  readonly by: string;
  /** The number of texts for each combination of expected and found language. */
  readonly rows: readonly {
    readonly expected: string;
    readonly found: string;
    readonly texts: number;
    readonly example: string;
  }[];
};

/**
 * @param expected the language that each text should be in, or the pairs that were translated
 * @throws if the identifier does not know an expected language, or the lists differ in length
 */
export function offTarget(
  texts: readonly string[],
  expected: readonly (string | Pair)[],
  identifier: LanguageIdentifier,
): OffTarget {
  if (texts.length !== expected.length)
    throw new Error(
      `There are ${texts.length} texts but ${expected.length} expected languages. Give one for each text.`,
    );
  const wanted = expected.map((each) => (typeof each === "string" ? each : each.to));
  const unknown = wanted.find((language) => !identifier.languages.includes(language));
  if (unknown !== undefined) {
    const known =
      identifier.languages.length > 12 ? `${identifier.languages.length} languages` : identifier.languages.join(", ");
    throw new Error(`${identifier.name} does not know ${unknown}. It knows ${known}. Use another identifier.`);
  }
  const found = texts.map((text) => identifier.identify(text));
  const kinds = [...new Set(wanted.map((language, i) => JSON.stringify([language, found[i] ?? "undetermined"])))];
  const rows = kinds.map((kind) => {
    const [language, other] = JSON.parse(kind) as [string, string];
    const matching = texts.filter((_, i) => wanted[i] === language && (found[i] ?? "undetermined") === other);
    return { expected: language, found: other, texts: matching.length, example: matching[0] ?? "" };
  });
  const share = (isCounted: (language: string | undefined, i: number) => boolean): number =>
    found.filter(isCounted).length / Math.max(1, texts.length);
  return {
    rate: share((language, i) => language !== undefined && language !== wanted[i]),
    undetermined: share((language) => language === undefined),
    by: identifier.name,
    rows,
  };
}
