/**
 * The items of an evaluation with their texts and a score each, as runs keep them. A translation's score is its sentence chrF, a
 * graded task's or a flag's 1 or 0. Measures of a part of another measure's items are left out, as are likelihoods, which have no
 * answers.
 */
import type { ChatModel } from "../../contracts.ts";
import type { ItemAnswer, TestAnswers } from "../../runs.ts";
import { sentenceChrf } from "../translation/chrf.ts";
import { directionName, type TranslatedDirection } from "../translation/translation.ts";
import type { Evaluation, FlagItems, MeasureItems } from "./evaluation.ts";

type Items = Evaluation["items"];

/** Keeps the answers in the folder of the model's run, if it has one. Only the console tells if that fails: the measure is right. */
export async function keepAnswers({ keepAnswers }: Pick<ChatModel, "keepAnswers">, items: Items): Promise<void> {
  if (!keepAnswers) return;
  try {
    const tests = testAnswers(items).filter((test) => test.items.length > 0);
    if (tests.length > 0) await keepAnswers(tests);
  } catch (error) {
    console.warn(
      `The answers could not be written to the run's folder: ${error instanceof Error ? error.message : error}`,
    );
  }
}

export function testAnswers(items: Items): TestAnswers[] {
  return Object.entries(items).flatMap(([measure, each]) => (isPart(measure, items) ? [] : testOf(measure, each)));
}

function testOf(measure: string, each: MeasureItems): TestAnswers[] {
  switch (each.kind) {
    case "translations":
      return [{ measure, kind: "scores", better: "higher", items: each.directions.flatMap(translated) }];
    case "graded": {
      const graded = each.graded.map(({ question, expected, answer, right, family }) => {
        return { prompt: question, expected, answer, score: Number(right), group: family };
      });
      return [{ measure, kind: "flags", better: "higher", items: graded }];
    }
    case "flags":
      return flagged(measure, each);
    case "values":
    case "likelihoods":
      return [];
  }
}

/** Whether the items are among those of another measure: one direction of several, or one group of the tasks. */
function isPart(measure: string, { chrf, general }: Items): boolean {
  if (measure.startsWith("chrf ")) return chrf?.kind === "translations";
  return general?.kind === "graded" && general.graded.some(({ group }) => group === measure);
}

function translated(direction: TranslatedDirection): ItemAnswer[] {
  const group = directionName(direction);
  return direction.texts.map((answer, i) => {
    const [prompt, expected] = [direction.sources[i]!, direction.references[i]!];
    return { prompt, expected, answer, score: sentenceChrf(answer, expected), group };
  });
}

function flagged(measure: string, { flags, better, answers }: FlagItems): TestAnswers[] {
  if (!answers || answers.length !== flags.length) return [];
  const items = answers.map((answered, i) => ({ ...answered, score: Number(flags[i]) }));
  return [{ measure, kind: "flags", better, items }];
}
