/**
 * What the model still knows: its greedy answers to general questions, right or wrong character for character, in the
 * mean over families; each family by itself; and the three groups that tell how near the rationales come to a family.
 * Families that the rationales touch may be kept by being repeated; the untouched ones tell what was kept by itself.
 */
import type { ChatModel } from "../../contracts.ts";
import { familyAccuracy, type Graded, macroAverage } from "../../measure/forgetting/accuracy.ts";
import { ask, type Question } from "./questions.ts";

/** `general`, then one per group and one per family. Shares of right answers from 0 to 1; what was not asked is absent. */
export type GeneralScores = { readonly general: number } & Readonly<Record<string, number>>;

export type GradedQuestion = Graded & { readonly group: string };

/** Long enough for every expected answer; a model that does not end its turn is wrong anyway. */
const answerTokens = 64;

export async function gradedQuestions(model: ChatModel, questions: readonly Question[]): Promise<GradedQuestion[]> {
  const answers = await model.generate(
    questions.map((question) => ask(question.prompt)),
    { maxTokens: answerTokens, label: "general questions" },
  );
  return questions.map(({ family, group, answer }, i) => ({ family, group, right: answers[i]?.text === answer }));
}

export const generalScores = async (model: ChatModel, questions: readonly Question[]): Promise<GeneralScores> =>
  scoresOf(await gradedQuestions(model, questions));

export function scoresOf(graded: readonly GradedQuestion[]): GeneralScores {
  const groups = [...new Set(graded.map((each) => each.group))];
  const ofGroup = (group: string): Graded[] => graded.filter((each) => each.group === group);
  return {
    general: macroAverage(graded),
    ...Object.fromEntries(groups.map((group) => [group, macroAverage(ofGroup(group))])),
    ...Object.fromEntries(familyAccuracy(graded)),
  };
}
