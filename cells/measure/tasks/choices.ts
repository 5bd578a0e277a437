/**
 * Multiple choice by likelihood: the answer is the choice to which the model gives the highest probability as its answer. The three
 * accuracies are those of lm-evaluation-harness. The end of the turn does not count.
 */
import type { ChatModel } from "../../contracts.ts";
import { described, type TaskAccuracy, taskAccuracy } from "./graded-task.ts";
import { type AnswerTask, isChecked, questionOf, type Task } from "./task.ts";

export type ChoiceScores = {
  /** The most likely choice. */
  readonly acc: TaskAccuracy;
  /** The most likely choice per character, which does not favour short choices. */
  readonly accNorm: TaskAccuracy;
  /** The most likely choice per UTF-8 byte. */
  readonly accBytes: TaskAccuracy;
};

/** @throws if a task has no choices. */
export async function multipleChoice(model: ChatModel, list: readonly Task[]): Promise<ChoiceScores> {
  const tasks = list.map((task): AnswerTask => {
    if (!isChecked(task) && task.choices) return task;
    throw new Error(`"${questionOf(task)}" has no choices. Use exactMatch(…) for it, or give it choices.`);
  });
  const chosen = await chosenAnswers(model, tasks);
  const scored = (kind: keyof Chosen): TaskAccuracy =>
    taskAccuracy(
      tasks.map((task, i) => {
        const answer = chosen[i]![kind];
        return { ...described(task), answer, right: answer === task.answer };
      }),
    );
  return { acc: scored("acc"), accNorm: scored("accNorm"), accBytes: scored("accBytes") };
}

/** The choice that each of the three ways of counting prefers. */
export type Chosen = { readonly acc: string; readonly accNorm: string; readonly accBytes: string };

export async function chosenAnswers(model: ChatModel, tasks: readonly AnswerTask[]): Promise<Chosen[]> {
  const samples = tasks.flatMap(({ prompt, choices = [] }) =>
    choices.map((text) => ({
      prompt,
      segments: [{ role: "answer", origin: "data", text, weight: 1 } as const],
      endTurn: false,
    })),
  );
  const likelihoods = await model.nll(samples);
  let at = 0;
  return tasks.map(({ choices = [] }) => {
    const nlls = choices.map(() => likelihoods[at++]!.nll);
    return mostLikely(choices, nlls);
  });
}

/** Of equally likely choices the first one. @param nlls the NLL of each choice */
export function mostLikely(choices: readonly string[], nlls: readonly number[]): Chosen {
  const best = (length: (text: string) => number): string => {
    const each = choices.map((text, i) => nlls[i]! / length(text));
    return choices[each.indexOf(Math.min(...each))] ?? "";
  };
  return {
    acc: best(() => 1),
    accNorm: best((text) => [...text].length),
    accBytes: best((text) => new TextEncoder().encode(text).length),
  };
}
