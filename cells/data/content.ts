/**
 * What a text is the same as. Two rows of a corpus are often one sentence with another apostrophe, case or space; a
 * model that has seen one has seen the other.
 */
import type { Pair } from "../types.ts";

/** What splits, cleaning and the leak check look at: a pair, or whatever has two sides that belong together (`chatSides`). */
export type Sides = Pick<Pair, "source" | "reference" | "from" | "to">;

export type Sameness = "exact" | "normalised";

/** Compatibility forms, case, punctuation and white space made alike; letters and digits are what is left, if there are any. */
export function normalised(text: string): string {
  const folded = text.normalize("NFKC").toLowerCase();
  return folded.replace(/[\p{P}\p{S}\s]+/gu, " ").trim() || folded.trim();
}

const forms: Readonly<Record<Sameness, (text: string) => string>> = { exact: (text) => text.trim(), normalised };

export const form = (sameness: Sameness): ((text: string) => string) => forms[sameness];

/** The two sides of a pair by language, so that both directions of a sentence have one content. */
export function pairContent({ source, reference, from, to }: Sides, sameness: Sameness): string {
  const sides = [`${from}\t${form(sameness)(source)}`, `${to}\t${form(sameness)(reference)}`];
  return sides.sort().join("\n");
}
