/**
 * Accuracy of graded answers. Families of tasks differ in size, so the mean is taken over the accuracies of the families and not
 * over all answers.
 */

export type Graded = { readonly family: string; readonly right: boolean };

/** The accuracy of each family that occurs, from 0 to 1. */
export function familyAccuracy(answers: readonly Graded[]): Map<string, number> {
  const families = new Set(answers.map((answer) => answer.family));
  return new Map([...families].map((family) => [family, share(answers.filter((answer) => answer.family === family))]));
}

const share = (answers: readonly Graded[]): number => answers.filter((answer) => answer.right).length / answers.length;

/** The mean over families of their accuracies, from 0 to 1; 0 when there are no answers. */
export function macroAverage(answers: readonly Graded[]): number {
  const accuracies = [...familyAccuracy(answers).values()];
  return accuracies.reduce((sum, each) => sum + each, 0) / Math.max(1, accuracies.length);
}
