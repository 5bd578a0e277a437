/** Parallel sentences of English and one of the world's languages. */

import { host } from "../host.ts";
import type { Pair } from "../types.ts";
import { type Language, languages } from "./language/languages.ts";
import { pairs } from "./pairs.ts";

export type CorpusOptions = {
  /** Numbers of training and test sentences; each sentence gives a pair in both directions. */
  readonly train: number;
  readonly test: number;
};

/**
 * The notebook's seed decides the training sentences. The test sentences are the same for every seed, and none of them is in the
 * training data.
 * @throws if the world does not have the language
 */
export async function corpus(
  language: string,
  { train, test }: CorpusOptions,
): Promise<{ train: Pair[]; test: Pair[] }> {
  const known = Object.keys(languages);
  if (!isLanguage(language)) throw new Error(`The world has no language "${language}". It has ${known.join(" and ")}.`);
  const drawn = pairs(language, { train, test, seed: host().seed });
  return { train: [...drawn.train], test: [...drawn.test] };
}

const isLanguage = (name: string): name is Language => Object.hasOwn(languages, name);
