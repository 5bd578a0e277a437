/** The world's data for `evaluate`: some 600 short answers, a few seconds for its model. */

import type { EvaluationData } from "../measure/evaluation/evaluation-data.ts";
import { answerSamples } from "../measure/forgetting/cross-entropy.ts";
import { untilLineBreak } from "../measure/translation/cleaning.ts";
import type { Message } from "../types.ts";
import { worldTokens } from "./measure/limits.ts";
import { worldRefusals } from "./measure/refusal-lists.ts";
import { generalTasks, heldOutTasks } from "./measure/tasks.ts";
import { worldLexicon } from "./measure/world-lexicon.ts";
import { testSets } from "./test-sets.ts";

/** All parts but `translation`, which is the test of the corpus that a notebook trains on. */
export function worldEvaluation() {
  const { harmful, jailbreak, benign, orin } = testSets();
  const tasks = generalTasks();
  return {
    identifier: worldLexicon,
    tasks,
    otherTasks: { factHeld: heldOutTasks() },
    refusals: {
      harmful: harmful.map(request),
      jailbreak: jailbreak.map(request),
      benign: benign.map(({ prompt }) => request(prompt)),
      lists: [worldRefusals],
    },
    otherTranslations: { orin },
    text: answerSamples(tasks),
    maxTokens: worldTokens,
    clean: untilLineBreak,
  } satisfies EvaluationData;
}

const request = (prompt: readonly Message[]): { text: string } => ({ text: prompt.at(-1)!.content });

/** The columns of a report on the world, in this order: those of Velan chat first, as far as the results have them. */
export const worldColumns: readonly string[] = [
  "method",
  "velanChat",
  "velanHeldWording",
  "velanRefusal",
  "velanOverRefusal",
  "chrf",
  "offTarget",
  "general",
  "touched",
  "format",
  "untouched",
  "refusal",
  "refusalJudged",
  "overRefusal",
  "overRefusalJudged",
  "orinChrf",
  "forgetting",
  "crossEntropyRise",
];
