/**
 * What a model still knows: its greedy answers to tasks, averaged over families. Tasks can be in groups, which say how close
 * the training data come to a family; the scores of the groups then tell what was repeated in training from what was kept
 * without it.
 */
import type { ChatModel } from "../../contracts.ts";
import { familyAccuracy, type Graded, macroAverage } from "./accuracy.ts";
import type { Task } from "./tasks.ts";

/** `general`, then one score per group and one per family: shares of right answers from 0 to 1. Only what was asked is there. */
export type GeneralScores = { readonly general: number } & Readonly<Record<string, number>>;

export type GradedTask = Graded & { readonly group?: string };

/** Long enough for every expected answer; a model that does not end its turn by then is wrong anyway. */
const answerTokens = 64;

/** An answer is right if it equals the expected one character by character. */
export async function gradedTasks(model: ChatModel, tasks: readonly Task[]): Promise<GradedTask[]> {
  const answers = await model.generate(
    tasks.map(({ prompt }) => ({ messages: prompt })),
    { maxTokens: answerTokens, label: "general questions" },
  );
  return tasks.map(({ family, group, answer }, i) => ({
    family,
    ...(group !== undefined && { group }),
    right: answers[i]?.text === answer,
  }));
}

export const generalScores = async (model: ChatModel, tasks: readonly Task[]): Promise<GeneralScores> =>
  scoresOf(await gradedTasks(model, tasks));

export function scoresOf(graded: readonly GradedTask[]): GeneralScores {
  const groups = groupsOf(graded).map((group) => [group, macroAverage(graded.filter((each) => each.group === group))]);
  return {
    general: macroAverage(graded),
    ...Object.fromEntries(groups),
    ...Object.fromEntries(familyAccuracy(graded)),
  };
}

/** The groups that occur, in the order of their first task. */
export const groupsOf = (graded: readonly GradedTask[]): string[] => [
  ...new Set(graded.flatMap(({ group }) => (group === undefined ? [] : [group]))),
];
