/**
 * A user's own questions with one right answer: written freely and compared (exact match), or chosen among several by
 * likelihood, as the papers' benchmarks do. Accuracies are per family and averaged over families, as for the world's own.
 *
 * A file of tasks has one per line: `{"family": "capital", "question": "…", "answer": "…"}`, and for a choice
 * `{"question": "…", "choices": ["…", "…"], "answer": 1}`, the answer being its place from 0, its letter or its text.
 */
import type { ChatModel } from "../../contracts.ts";
import { normalised, type Sameness } from "../../data/content.ts";
import { BadRowError, type BadRows, field, type Reading, readRows, textField } from "../../data/reading.ts";
import { type RecordFormat, recordsOf } from "../../data/records.ts";
import type { Message, Sample } from "../../types.ts";
import { ask } from "../../world/measure/questions.ts";
import { familyAccuracy, type Graded, macroAverage } from "./accuracy.ts";

export type Task = {
  readonly family: string;
  readonly prompt: readonly Message[];
  readonly answer: string;
  /** Absent where the answer is written freely. */
  readonly choices?: readonly string[];
};

export type TaskScores = {
  /** The mean over families, from 0 to 1. */
  readonly accuracy: number;
  readonly byFamily: Readonly<Record<string, number>>;
  /** Each task in order, for `compareAccuracy`. */
  readonly graded: readonly (Graded & {
    readonly question: string;
    readonly expected: string;
    readonly answer: string;
  })[];
};

/** @throws as `bad` says. */
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
    throw new BadRowError('"choices" is no list of two texts or more');
  const texts = choices as string[];
  const given = field(row, "answer");
  const letter = typeof given === "string" && /^[A-Z]$/.test(given) ? given.charCodeAt(0) - 65 : undefined;
  const place =
    typeof given === "number" ? given : texts.includes(String(given)) ? texts.indexOf(String(given)) : letter;
  const answer = place === undefined ? undefined : texts[place];
  if (answer === undefined) throw new BadRowError('"answer" is none of the choices');
  return { ...named, answer, choices: texts };
}

/** @param sameness whether case, punctuation and spaces count (`exact`, the default) */
export async function exactMatch(
  model: ChatModel,
  list: readonly Task[],
  { sameness = "exact", maxTokens = 64 }: { readonly sameness?: Sameness; readonly maxTokens?: number } = {},
): Promise<TaskScores> {
  const prompts = list.map(({ prompt }) => ask(prompt));
  const answers = await model.generate(prompts, { maxTokens, label: "exact match" });
  const form = sameness === "exact" ? (text: string) => text.trim() : normalised;
  return scored(list, (task, i) => {
    const answer = answers[i]?.text ?? "";
    return { answer, right: form(answer) === form(task.answer) };
  });
}

export type ChoiceScores = {
  /** The likeliest choice as it stands. */
  readonly raw: TaskScores;
  /** The likeliest per UTF-8 byte, which does not favour short choices; lm-evaluation-harness calls it acc_norm. */
  readonly normalised: TaskScores;
};

/**
 * Which choice the model finds likeliest as its answer, without the end of the turn.
 * @throws if a task has no choices.
 */
export async function multipleChoice(model: ChatModel, list: readonly Task[]): Promise<ChoiceScores> {
  const samples = list.flatMap((task): Sample[] => {
    if (!task.choices) throw new Error(`"${question(task)}" has no choices; it is a task for exactMatch(…).`);
    return task.choices.map((text) => ({
      prompt: task.prompt,
      segments: [{ role: "answer", origin: "data", text, weight: 1 }],
      endTurn: false,
    }));
  });
  const surprise = await model.nll(samples);
  let at = 0;
  const costs = list.map(({ choices = [] }) => choices.map(() => surprise[at++]?.nll ?? Infinity));
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const best = (divisor: (text: string) => number): TaskScores =>
    scored(list, ({ choices = [], answer }, i) => {
      const each = choices.map((text, c) => costs[i]![c]! / divisor(text));
      const chosen = choices[each.indexOf(Math.min(...each))] ?? "";
      return { answer: chosen, right: chosen === answer };
    });
  return { raw: best(() => 1), normalised: best(bytes) };
}

const question = ({ prompt }: Task): string => prompt.at(-1)?.content ?? "";

function scored(
  list: readonly Task[],
  grade: (task: Task, i: number) => { answer: string; right: boolean },
): TaskScores {
  const graded = list.map((task, i) => ({
    family: task.family,
    question: question(task),
    expected: task.answer,
    ...grade(task, i),
  }));
  return { accuracy: macroAverage(graded), byFamily: Object.fromEntries(familyAccuracy(graded)), graded };
}
