/**
 * Off-target translations: those that are in another language than was asked for. What language a text is in is told by
 * a library for real languages (`language-library.ts`) or by the world's own words for its invented ones
 * (`world-lexicon.ts`). Either may be at a loss; such texts are counted apart, as neither right nor wrong.
 */
import type { Pair } from "../../types.ts";

export type LanguageIdentifier = {
  readonly name: string;
  /** The languages that it can tell, by their English names. */
  readonly languages: readonly string[];
  /** Undefined where it cannot tell. */
  identify(text: string): string | undefined;
};

export type OffTarget = {
  /** Texts in another language ÷ all texts, from 0 to 1; 0 when there are none. */
  readonly rate: number;
  /** Texts of which nothing can be said ÷ all texts. */
  readonly undetermined: number;
  readonly by: string;
  /** How many texts that should be in one language are in which. */
  readonly rows: readonly {
    readonly expected: string;
    readonly found: string;
    readonly texts: number;
    readonly example: string;
  }[];
};

/**
 * @param expected the language that each text should be in, or the pairs whose translations the texts are
 * @throws if the identifier does not know an expected language, or there are not as many of both.
 */
export function offTarget(
  texts: readonly string[],
  expected: readonly (string | Pair)[],
  identifier: LanguageIdentifier,
): OffTarget {
  if (texts.length !== expected.length)
    throw new Error(`Here are ${texts.length} texts and ${expected.length} languages that they should be in.`);
  const wanted = expected.map((each) => (typeof each === "string" ? each : each.to));
  const stranger = wanted.find((language) => !identifier.languages.includes(language));
  if (stranger !== undefined) {
    const known =
      identifier.languages.length > 12 ? `${identifier.languages.length} languages` : identifier.languages.join(", ");
    throw new Error(`${identifier.name} does not know ${stranger}; it tells ${known}. Use another identifier.`);
  }
  const found = texts.map((text) => identifier.identify(text));
  const kinds = [...new Set(wanted.map((language, i) => JSON.stringify([language, found[i] ?? "undetermined"])))];
  const rows = kinds.map((kind) => {
    const [language, other] = JSON.parse(kind) as [string, string];
    const own = texts.filter((_, i) => wanted[i] === language && (found[i] ?? "undetermined") === other);
    return { expected: language, found: other, texts: own.length, example: own[0] ?? "" };
  });
  const share = (holds: (language: string | undefined, i: number) => boolean): number =>
    found.filter(holds).length / Math.max(1, texts.length);
  return {
    rate: share((language, i) => language !== undefined && language !== wanted[i]),
    undetermined: share((language) => language === undefined),
    by: identifier.name,
    rows,
  };
}
