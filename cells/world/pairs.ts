/**
 * Parallel sentences for fine-tuning and for testing translation. Training sentences are not reserved and have no held-out
 * names. Test sentences are reserved; they are not in the pre-training data either.
 */
import type { Pair } from "../types.ts";
import { type Chance, chance } from "./chance.ts";
import { english, sentenceFor } from "./language/english.ts";
import type { Language } from "./language/languages.ts";
import { heldOutNames } from "./language/names.ts";
import { properNames, type Sentence } from "./language/sentence.ts";
import { translation } from "./questions/translation.ts";

const usesHeldOutName = (sentence: Sentence): boolean =>
  properNames(sentence).some((name) => heldOutNames.includes(name));

function distinctSentences(count: number, draw: () => Sentence): Sentence[] {
  const found = new Map<string, Sentence>();
  while (found.size < count) {
    const sentence = draw();
    found.set(english(sentence), sentence);
  }
  return [...found.values()];
}

function trainingSentence(draw: Chance): Sentence {
  for (;;) {
    const sentence = sentenceFor(draw, "training");
    if (!usesHeldOutName(sentence)) return sentence;
  }
}

/**
 * `train` and `test` are numbers of sentences. Each sentence gives two pairs, first from English, then into English. The seed decides
 * the training sentences only: the test is the same for every seed, and a short test is the beginning of a longer one.
 */
export function pairs(
  language: Language,
  { train, test, seed = 0 }: { readonly train: number; readonly test: number; readonly seed?: number },
): { readonly train: Pair[]; readonly test: Pair[] } {
  const pairsOf = (name: string, count: number, sentence: (draw: Chance) => Sentence): Pair[] => {
    const draw = chance(`pairs/${language}/${name}`);
    const wording = chance(`pairs/${language}/${name}/wording`);
    return distinctSentences(count, () => sentence(draw)).flatMap((found) => [
      translation(wording, found, language, "into"),
      translation(wording, found, language, "from"),
    ]);
  };
  return {
    train: pairsOf(`train/${seed}`, train, trainingSentence),
    test: pairsOf("test", test, (draw) => sentenceFor(draw, "testing")),
  };
}
