/**
 * Tasks: questions whose answers a program can grade. Either there is one right answer (written freely, or one of several choices), or
 * the answer has to pass checks. Tasks are plain data, so that an evaluation can be cached.
 */
import type { Message } from "../../types.ts";
import type { Check } from "./check.ts";

/**
 * When an answer counts as the right one:
 * - `exact`: equal, apart from white space at both ends;
 * - `identical`: equal character by character;
 * - `normalised`: equal apart from case, punctuation and white space;
 * - `contains`: the right answer occurs in it as whole words, apart from case, punctuation and white space;
 * - `lastNumber`: the last number in it is that of the right answer, as lm-evaluation-harness grades GSM8K (`flexible-extract`);
 * - a pattern: what the regular expression finds, or its first group if it has one, is the right answer, apart from white space at
 *   both ends. With several matches the last one counts, or the first if `take` says so.
 */
export type Match =
  | "exact"
  | "identical"
  | "normalised"
  | "contains"
  | "lastNumber"
  | { readonly pattern: string; readonly flags?: string; readonly take?: "first" | "last" };

type Asked = {
  readonly family: string;
  /** Families can be in groups, which then get a score of their own. */
  readonly group?: string;
  readonly prompt: readonly Message[];
};

export type AnswerTask = Asked & {
  readonly answer: string;
  /** Further answers that are right as well, for freely written answers. */
  readonly alsoRight?: readonly string[];
  /** Default: `exact`. */
  readonly match?: Match;
  /** Absent where the model writes its answer freely. */
  readonly choices?: readonly string[];
};

/** A task whose answer is right if it passes all checks. */
export type CheckedTask = Asked & { readonly checks: readonly Check[] };

export type Task = AnswerTask | CheckedTask;

export const isChecked = (task: Task): task is CheckedTask => "checks" in task;

/** The last turn of the prompt. */
export const questionOf = ({ prompt }: Task): string => prompt.at(-1)?.content ?? "";

/** What a right answer is, for tables. */
export const expectedOf = (task: Task): string =>
  isChecked(task) ? task.checks.map(({ kind }) => kind).join(", ") : task.answer;
