/** Parallel sentences of the embedded world, by the name of the language. */

import { host } from "../host.ts";
import type { Pair } from "../types.ts";
import { type Language, languages } from "./language/languages.ts";
import { pairs } from "./pairs.ts";

export type CorpusOptions = {
  /** Sentences to learn from and to test with; each gives a pair in both directions. */
  readonly train: number;
  readonly test: number;
};

/**
 * The notebook's seed chooses the training sentences; the test is the same for every seed, and no sentence is in both.
 * @throws if the world has no such language.
 */
export async function corpus(
  language: string,
  { train, test }: CorpusOptions,
): Promise<{ train: Pair[]; test: Pair[] }> {
  const known = Object.keys(languages);
  if (!isLanguage(language))
    throw new Error(`There is no corpus "${language}"; the embedded world has ${known.join(" and ")}.`);
  const drawn = pairs(language, { train, test, seed: host().seed });
  return { train: [...drawn.train], test: [...drawn.test] };
}

const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);
