/** Freely written answers to tasks, compared with the right ones, and answers to instructions that a program can check. */
import type { ChatModel } from "../../contracts.ts";
import { requireKnown } from "../../options.ts";
import { type AnswerLimit, ask } from "../answers.ts";
import { looseForms, passes } from "./checks.ts";
import { cutOffOf, described, type GradedTask, type TaskAccuracy, taskAccuracy } from "./graded-task.ts";
import { isRight, taskTokens } from "./grading.ts";
import { type CheckedTask, isChecked, type Match, type Task } from "./task.ts";

export type ExactMatchOptions = AnswerLimit & {
  /** For tasks that do not say their own. Default: `exact`. */
  readonly match?: Match;
};

const hints = { max_new_tokens: "maxTokens", sameness: "match" };

/** Greedy answers, compared with the right ones. Choices are not shown to the model: give them to `multipleChoice`. */
export async function exactMatch(
  model: ChatModel,
  list: readonly Task[],
  options: ExactMatchOptions = {},
): Promise<TaskAccuracy & { readonly cutOff: number }> {
  requireKnown("exactMatch(…)", options, ["match", "maxTokens"], hints);
  const { match, maxTokens = taskTokens } = options;
  const prompts = list.map(({ prompt }) => ({ messages: prompt }));
  const answers = await ask(model, prompts, { maxTokens, label: "exact match" });
  const graded = list.map((task, i): GradedTask => {
    const { text, cutOff } = answers[i]!;
    const graded = !isChecked(task) && task.match === undefined && match !== undefined ? { ...task, match } : task;
    return { ...described(task), answer: text, right: isRight(graded, text), cutOff };
  });
  return { ...taskAccuracy(graded), cutOff: cutOffOf(graded) };
}

export type InstructionScores = {
  /** Answers that pass all their checks ÷ answers, and checks that are passed ÷ checks, as IFEval counts them. */
  readonly promptStrict: number;
  readonly checkStrict: number;
  /** The same, if a check may also be passed without the answer's stars, first line or last line. */
  readonly promptLoose: number;
  readonly checkLoose: number;
  /** The share of answers that were cut off. */
  readonly cutOff: number;
  readonly rows: readonly {
    readonly instruction: string;
    readonly answer: string;
    readonly cutOff: boolean;
    /** The kinds of the checks that the answer does not pass. */
    readonly failed: readonly string[];
  }[];
};

/** How well a model follows instructions that a program can check. */
export async function instructionScores(
  model: ChatModel,
  list: readonly CheckedTask[],
  options: AnswerLimit = {},
): Promise<InstructionScores> {
  requireKnown("instructionScores(…)", options, ["maxTokens"], hints);
  const prompts = list.map(({ prompt }) => ({ messages: prompt }));
  const answers = await ask(model, prompts, { maxTokens: options.maxTokens ?? 1024, label: "instructions" });
  const results = list.map(({ checks }, i) => {
    const forms = looseForms(answers[i]!.text);
    return checks.map((check) => ({
      kind: check.kind,
      strict: passes(check, answers[i]!.text),
      loose: forms.some((form) => passes(check, form)),
    }));
  });
  const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / Math.max(1, flags.length);
  const shares = (way: "strict" | "loose"): [number, number] => [
    share(results.map((checks) => checks.every((check) => check[way]))),
    share(results.flatMap((checks) => checks.map((check) => check[way]))),
  ];
  const [promptStrict, checkStrict] = shares("strict");
  const [promptLoose, checkLoose] = shares("loose");
  const rows = list.map((task, i) => ({
    instruction: described(task).question,
    answer: answers[i]!.text,
    cutOff: answers[i]!.cutOff,
    failed: results[i]!.filter(({ strict }) => !strict).map(({ kind }) => kind),
  }));
  return { promptStrict, checkStrict, promptLoose, checkLoose, cutOff: share(rows.map(({ cutOff }) => cutOff)), rows };
}
