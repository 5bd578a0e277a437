/**
 * What a model still knows: its greedy answers to tasks, averaged over families. Tasks can be in groups, which say how close
 * the training data come to a family; the scores of the groups then tell what was repeated in training from what was kept
 * without it.
 */
import type { GradedTask } from "../tasks/graded-task.ts";
import { familyAccuracy, macroAverage } from "./accuracy.ts";

/**
 * `general`, then one score per group and one per family: shares of right answers from 0 to 1. Only what was asked is there. A family
 * with choices also has `<family> acc_norm`, where the most likely choice per character counts.
 */
export type GeneralScores = { readonly general: number } & Readonly<Record<string, number>>;

export function scoresOf(graded: readonly GradedTask[]): GeneralScores {
  const groups = groupsOf(graded).map((group): [string, number] => {
    return [group, macroAverage(graded.filter((each) => each.group === group))];
  });
  const byCharacter = graded.flatMap(({ family, rightNorm }) =>
    rightNorm === undefined ? [] : [{ family, right: rightNorm }],
  );
  const scores: [string, number][] = [
    ["general", macroAverage(graded)],
    ...groups,
    ...familyAccuracy(graded),
    ...[...familyAccuracy(byCharacter)].map(([family, share]): [string, number] => [`${family} acc_norm`, share]),
  ];
  const names = scores.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Error(`Two scores of these tasks are called "${twice}". Rename the family or the group.`);
  return Object.fromEntries(scores) as GeneralScores;
}

/** The groups that occur, in the order of their first task. */
export const groupsOf = (graded: readonly GradedTask[]): string[] => [
  ...new Set(graded.flatMap(({ group }) => (group === undefined ? [] : [group]))),
];
