/** Graded answers to tasks, and their accuracy, averaged over families. */
import { cutOffShare } from "../answers.ts";
import { familyAccuracy, type Graded, macroAverage } from "../forgetting/accuracy.ts";
import { expectedOf, questionOf, type Task } from "./task.ts";

/** One task and its answer; `right` and `family` are what accuracies are made of. */
export type GradedTask = Graded & {
  readonly group?: string;
  readonly question: string;
  readonly expected: string;
  readonly answer: string;
  /** With choices: whether the most likely choice per character is right. */
  readonly rightNorm?: boolean;
  /** Absent with choices: then nothing is written. */
  readonly cutOff?: boolean;
};

/** What of a graded task does not depend on the answer. */
export const described = (task: Task): Pick<GradedTask, "family" | "group" | "question" | "expected"> => ({
  family: task.family,
  ...(task.group !== undefined && { group: task.group }),
  question: questionOf(task),
  expected: expectedOf(task),
});

/** The share of freely written answers that were cut off. */
export const cutOffOf = (graded: readonly GradedTask[]): number =>
  cutOffShare(graded.flatMap(({ cutOff }) => (cutOff === undefined ? [] : [{ cutOff }])));

export type TaskAccuracy = {
  /** The mean over families, from 0 to 1. */
  readonly accuracy: number;
  readonly byFamily: Readonly<Record<string, number>>;
  /** Each task in its order, for `compareAccuracy`. */
  readonly graded: readonly GradedTask[];
};

export const taskAccuracy = (graded: readonly GradedTask[]): TaskAccuracy => ({
  accuracy: macroAverage(graded),
  byFamily: Object.fromEntries(familyAccuracy(graded)),
  graded,
});
