/** What a training made a model forget, family by family: two evaluations of the same tasks, before and after. */
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { GradedTask } from "../tasks/graded-task.ts";
import { familyAccuracy } from "./accuracy.ts";
import { type ContinualMeasures, continualMeasures } from "./continual.ts";
import { groupsOf } from "./general.ts";

export type FamilyRow = {
  readonly family: string;
  /** Absent where the family's tasks are in no group. */
  readonly group?: string;
  /** Accuracies from 0 to 1. */
  readonly before: number;
  readonly after: number;
  readonly lost: number;
};

export type FamilyForgetting = {
  readonly rows: readonly FamilyRow[];
  readonly all: ContinualMeasures;
  /** The same measures over the families of one group. */
  readonly byGroup: Readonly<Record<string, ContinualMeasures>>;
};

/**
 * The accuracy that was lost of each family, and measures of continual learning over all families and over each group.
 * @throws if one of the two was evaluated without tasks, or on other families.
 */
export function familyForgetting(base: Evaluation, tuned: Evaluation): FamilyForgetting {
  const tasks = gradedTasksOf(base);
  const [before, after] = [familyAccuracy(tasks), familyAccuracy(gradedTasksOf(tuned))];
  const rows = [...before].map(([family, accuracy]): FamilyRow => {
    const now = after.get(family);
    if (now === undefined)
      throw new Error(
        `The tuned model has no answers in the family "${family}". Evaluate both models on the same tasks.`,
      );
    const group = tasks.find((task) => task.family === family)?.group;
    return { family, ...(group !== undefined && { group }), before: accuracy, after: now, lost: accuracy - now };
  });
  return {
    rows,
    all: measuresOf(rows),
    byGroup: Object.fromEntries(
      groupsOf(tasks).map((group) => [group, measuresOf(rows.filter((row) => row.group === group))]),
    ),
  };
}

function gradedTasksOf({ result, items }: Evaluation): readonly GradedTask[] {
  const { general } = items;
  if (general?.kind === "graded") return general.graded;
  throw new Error(`"${result.method}" was evaluated without tasks. Give evaluate(…) the option tasks.`);
}

const measuresOf = (rows: readonly FamilyRow[]): ContinualMeasures =>
  continualMeasures(rows.map(({ family, before, after }) => ({ task: family, scores: [before, after] })));
