/**
 * Signs by which a rationale can be judged without a reader: whether it repeats itself, how much it says about its source, and which
 * language it is in. They find rationales that teach nothing; they do not say that one is right.
 */
import type { Rationale } from "./rationale.ts";

/** Names the language of a text, or undefined if it cannot tell; `languageLibrary()` is one. */
export type NamesLanguage = { identify(text: string): string | undefined };

export type RationaleQuality = {
  /** The same four words occur at least three times. */
  readonly repeats: boolean;
  /** Of the source's different words, the share that occurs in the rationale, from 0 to 1. */
  readonly sourceShare: number;
  /** Undefined if it cannot be told, or without a library. */
  readonly language: string | undefined;
};

export type QualityBounds = {
  /** Which signs a rationale must not show. Default: it may neither repeat itself nor be cut off. */
  readonly without?: readonly ("repeats" | "cut off")[];
  readonly minSourceShare?: number;
  /** A rationale that only copies its source says nothing new. */
  readonly maxSourceShare?: number;
  /** The languages that are allowed. A text whose language cannot be told is kept. */
  readonly languages?: readonly string[];
  readonly library?: NamesLanguage;
};

export function rationaleQuality({ text, source }: Rationale, library?: NamesLanguage): RationaleQuality {
  const said = new Set(words(text));
  const asked = [...new Set(words(source))];
  return {
    repeats: repeats(text),
    sourceShare: asked.length === 0 ? 0 : asked.filter((word) => said.has(word)).length / asked.length,
    language: text.trim() === "" ? undefined : library?.identify(text),
  };
}

/**
 * A filter for `rationales(…, { filter })`.
 * @throws if languages are given without a library
 */
export function goodRationale(bounds: QualityBounds = {}): (rationale: Rationale) => boolean {
  const { without = ["repeats", "cut off"], minSourceShare = 0, maxSourceShare = 1, languages, library } = bounds;
  if (languages && !library)
    throw new Error(
      "goodRationale(…) needs a library to tell languages: { languages, library: await languageLibrary() }.",
    );
  return (rationale) => {
    const { repeats, sourceShare, language } = rationaleQuality(rationale, languages && library);
    if (without.includes("repeats") && repeats) return false;
    if (without.includes("cut off") && !rationale.ended) return false;
    if (sourceShare < minSourceShare || sourceShare > maxSourceShare) return false;
    return language === undefined || !languages || languages.includes(language);
  };
}

/** The sign of a model that repeats itself. */
export function repeats(text: string): boolean {
  const said = words(text);
  const counts = new Map<string, number>();
  for (let start = 0; start + 4 <= said.length; start += 1) {
    const sequence = said.slice(start, start + 4).join(" ");
    const count = (counts.get(sequence) ?? 0) + 1;
    if (count >= 3) return true;
    counts.set(sequence, count);
  }
  return false;
}

/** With a fixed language, since the default is the machine's. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Also of languages that write no spaces between words, such as Chinese and Thai. */
function words(text: string): string[] {
  return [...segmenter.segment(text.toLowerCase())].flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
}
