/**
 * A model's answers to tasks, graded. A task with choices is answered by the most likely choice, all others are answered freely and
 * greedily.
 */
import type { ChatModel } from "../../contracts.ts";
import { type AnswerLimit, ask } from "../answers.ts";
import { passes } from "./checks.ts";
import { chosenAnswers } from "./choices.ts";
import { described, type GradedTask } from "./graded-task.ts";
import { matches } from "./matching.ts";
import { type AnswerTask, expectedOf, isChecked, type Task } from "./task.ts";

/** The default maximum number of tokens of an answer to a task. */
export const taskTokens = 256;

export async function gradedTasks(
  model: ChatModel,
  tasks: readonly Task[],
  { maxTokens = taskTokens }: AnswerLimit = {},
): Promise<GradedTask[]> {
  const places = [...tasks.keys()];
  const withChoices = places.filter((i) => hasChoices(tasks[i]!));
  const free = places.filter((i) => !hasChoices(tasks[i]!));
  const prompts = free.map((i) => ({ messages: tasks[i]!.prompt }));
  const answers = await ask(model, prompts, { maxTokens, label: "tasks" });
  const chosen =
    withChoices.length === 0
      ? []
      : await chosenAnswers(
          model,
          withChoices.map((i) => tasks[i] as AnswerTask),
        );
  const graded: GradedTask[] = [];
  for (const [at, i] of free.entries()) {
    const { text, cutOff } = answers[at]!;
    graded[i] = { ...described(tasks[i]!), answer: text, right: isRight(tasks[i]!, text), cutOff };
  }
  for (const [at, i] of withChoices.entries()) {
    const { acc, accNorm } = chosen[at]!;
    const right = expectedOf(tasks[i]!);
    graded[i] = { ...described(tasks[i]!), answer: acc, right: acc === right, rightNorm: accNorm === right };
  }
  return graded;
}

const hasChoices = (task: Task): boolean => !isChecked(task) && task.choices !== undefined;

export const isRight = (task: Task, answer: string): boolean =>
  isChecked(task)
    ? task.checks.every((check) => passes(check, answer))
    : [task.answer, ...(task.alsoRight ?? [])].some((right) => matches(answer, right, task.match));
