/**
 * When two texts count as the same. Rows of a corpus often differ only in an apostrophe, in case or in spaces; a model that was
 * trained on one of them has seen the other too.
 */
import type { Pair } from "../types.ts";

/** The input of splits, cleaning and the leak check: a pair, or other items with two sides (`chatSides`). */
export type Sides = Pick<Pair, "source" | "reference" | "from" | "to">;

export type Sameness = "exact" | "normalised";

/** NFKC, lower case, and runs of punctuation, symbols and white space as one space. A text of only these is trimmed instead. */
export function normalised(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase();
  return folded.replace(/[\p{P}\p{S}\s]+/gu, " ").trim() || folded.trim();
}

const forms: Readonly<Record<Sameness, (text: string) => string>> = { exact: (text) => text.trim(), normalised };

export const form = (sameness: Sameness): ((text: string) => string) => forms[sameness];

/** Both sides with their languages, in a fixed order, so that both directions of a sentence have the same content. */
export function pairContent({ source, reference, from, to }: Sides, sameness: Sameness): string {
  const sides = [`${from}\t${form(sameness)(source)}`, `${to}\t${form(sameness)(reference)}`];
  return sides.sort().join("\n");
}
