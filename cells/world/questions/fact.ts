/** Questions about the facts of the world: "What is the capital of Meva?" */
import { type Fact, facts } from "../facts.ts";
import { type Question, question } from "../question.ts";

export const factQuestions = (fact: Fact): Question[] =>
  fact.questions.map((prompt) => question(prompt, fact.statement));

export const allFactQuestions: readonly Question[] = facts.flatMap(factQuestions);
