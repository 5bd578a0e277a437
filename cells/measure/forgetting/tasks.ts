/**
 * Tasks: questions with one right answer. The model writes its answer freely, which is compared with the expected one (exact
 * match), or the most likely of several choices is taken (multiple choice), as in public benchmarks. Accuracies are per family
 * and averaged over families.
 *
 * A task file has one task per line: `{"family": "capital", "question": "…", "answer": "…"}`. With choices it is
 * `{"question": "…", "choices": ["…", "…"], "answer": 1}`; the answer is the index from 0, the letter or the text of a choice.
 */
import type { ChatModel } from "../../contracts.ts";
import { form, type Sameness } from "../../data/content.ts";
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import type { Message, Sample } from "../../types.ts";
import { familyAccuracy, type Graded, macroAverage } from "./accuracy.ts";

export type Task = {
  readonly family: string;
  /** Families can be in groups, which then get a score of their own. */
  readonly group?: string;
  readonly prompt: readonly Message[];
  readonly answer: string;
  /** Absent where the model writes its answer freely. */
  readonly choices?: readonly string[];
};

export type TaskAccuracy = {
  /** The mean over families, from 0 to 1. */
  readonly accuracy: number;
  readonly byFamily: Readonly<Record<string, number>>;
  /** Each task in its order, for `compareAccuracy`. */
  readonly graded: readonly (Graded & {
    readonly question: string;
    readonly expected: string;
    readonly answer: string;
  })[];
};

/** @throws if no row is valid, or for the first bad row if `bad` is "refuse". */
export async function taskFile(
  path: string,
  { format, bad }: { readonly format?: RecordFormat; readonly bad?: BadRows } = {},
): Promise<Reading<Task>> {
  return readRows(path, await recordsOf(path, format), (row) => [taskOf(row)], bad);
}

function taskOf(row: unknown): Task {
  const question = textField(row, "question");
  const family = field(row, "family");
  const choices = field(row, "choices");
  const named = {
    family: typeof family === "string" ? family : "all",
    prompt: [{ role: "user", content: question } as const],
  };
  if (choices === undefined) return { ...named, answer: textField(row, "answer") };
  if (
    !Array.isArray(choices) ||
    choices.length < 2 ||
    !choices.every((each) => typeof each === "string" && each.trim() !== "")
  )
    throw new BadRowError('"choices" is not a list of two or more strings');
  const texts = choices as string[];
  const given = field(row, "answer");
  const letter = typeof given === "string" && /^[A-Z]$/.test(given) ? given.charCodeAt(0) - 65 : undefined;
  const place =
    typeof given === "number" ? given : texts.includes(String(given)) ? texts.indexOf(String(given)) : letter;
  const answer = place === undefined ? undefined : texts[place];
  if (answer === undefined) throw new BadRowError('"answer" is not one of the choices');
  return { ...named, answer, choices: texts };
}

/**
 * Greedy answers, compared with the expected ones.
 * @param sameness `exact` (the default) compares all characters but spaces at both ends; `normalised` ignores case and punctuation
 */
export async function exactMatch(
  model: ChatModel,
  list: readonly Task[],
  { sameness = "exact", maxTokens = 64 }: { readonly sameness?: Sameness; readonly maxTokens?: number } = {},
): Promise<TaskAccuracy> {
  const prompts = list.map(({ prompt }) => ({ messages: prompt }));
  const answers = await model.generate(prompts, { maxTokens, label: "exact match" });
  const comparable = form(sameness);
  return scored(list, (task, i) => {
    const answer = answers[i]?.text ?? "";
    return { answer, right: comparable(answer) === comparable(task.answer) };
  });
}

export type ChoiceScores = {
  /** The most likely choice. */
  readonly raw: TaskAccuracy;
  /** The most likely choice per UTF-8 byte, which does not favour short choices; lm-evaluation-harness calls it acc_norm. */
  readonly normalised: TaskAccuracy;
};

/**
 * The most likely choice as the model's answer; the end of the turn does not count.
 * @throws if a task has no choices.
 */
export async function multipleChoice(model: ChatModel, list: readonly Task[]): Promise<ChoiceScores> {
  const samples = list.flatMap((task): Sample[] => {
    if (!task.choices)
      throw new Error(`"${question(task)}" has no choices. Use exactMatch(…) for it, or give it choices.`);
    return task.choices.map((text) => ({
      prompt: task.prompt,
      segments: [{ role: "answer", origin: "data", text, weight: 1 }],
      endTurn: false,
    }));
  });
  const likelihoods = await model.nll(samples);
  let at = 0;
  const nlls = list.map(({ choices = [] }) => choices.map(() => likelihoods[at++]?.nll ?? Infinity));
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const best = (divisor: (text: string) => number): TaskAccuracy =>
    scored(list, ({ choices = [], answer }, i) => {
      const each = choices.map((text, c) => nlls[i]![c]! / divisor(text));
      const chosen = choices[each.indexOf(Math.min(...each))] ?? "";
      return { answer: chosen, right: chosen === answer };
    });
  return { raw: best(() => 1), normalised: best(bytes) };
}

const question = ({ prompt }: Task): string => prompt.at(-1)?.content ?? "";

function scored(
  list: readonly Task[],
  grade: (task: Task, i: number) => { answer: string; right: boolean },
): TaskAccuracy {
  const graded = list.map((task, i) => ({
    family: task.family,
    question: question(task),
    expected: task.answer,
    ...grade(task, i),
  }));
  return { accuracy: macroAverage(graded), byFamily: Object.fromEntries(familyAccuracy(graded)), graded };
}
