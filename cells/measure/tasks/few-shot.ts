/** Puts solved examples before each task, so that a model sees how an answer should look. */

import { requireKnown } from "../../options.ts";
import type { Message } from "../../types.ts";
import { type AnswerTask, isChecked, questionOf, type Task } from "./task.ts";

export type FewShotOptions = {
  /** How many examples; the first ones that are not the task itself. */
  readonly shots: number;
  /**
   * `turns` (the default): each example is a question and an answer in turns of their own. `text`: all examples and the question are in
   * one turn, separated by empty lines, as in lm-evaluation-harness without a chat template.
   */
  readonly as?: "turns" | "text";
  /** The text of a question. Default: its last turn as it is. */
  readonly question?: (question: string) => string;
};

/**
 * @param examples tasks with right answers, which should not be among the tested ones
 * @throws if there are too few examples
 */
export function fewShot<T extends Task>(
  tasks: readonly T[],
  examples: readonly AnswerTask[],
  options: FewShotOptions,
): T[] {
  requireKnown("fewShot(…)", options, ["shots", "as", "question"], { num_fewshot: "shots", n: "shots" });
  const { shots, as = "turns", question = (text) => text } = options;
  return tasks.map((task) => {
    const asked = questionOf(task);
    const chosen = examples.filter((example) => isChecked(task) || questionOf(example) !== asked).slice(0, shots);
    if (chosen.length < shots)
      throw new Error(`fewShot(…) needs ${shots} examples other than "${asked}", but there are ${chosen.length}.`);
    const before = task.prompt.slice(0, -1);
    const pairs = chosen.map((example) => ({ asked: question(questionOf(example)), answer: example.answer }));
    const said = (role: Message["role"], content: string): Message => ({ role, content });
    if (as === "text") {
      const texts = [...pairs.map((pair) => `${pair.asked} ${pair.answer}`), question(asked)];
      return { ...task, prompt: [...before, said("user", texts.join("\n\n"))] };
    }
    const system = before.filter(({ role }) => role === "system");
    const rest = before.filter(({ role }) => role !== "system");
    const turns = pairs.flatMap((pair) => [said("user", pair.asked), said("assistant", pair.answer)]);
    return { ...task, prompt: [...system, ...turns, ...rest, said("user", question(asked))] };
  });
}
