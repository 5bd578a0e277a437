/**
 * A judge grades each turn from 1 to 10, as in MT-Bench: the first answer alone, the second one within its conversation. The mean is
 * taken over the turns that got a grade; the number of the others is returned as `failed`.
 */
import type { Endpoint } from "./endpoint.ts";
import { builtInPrompts, fillPrompt, type JudgePrompts, type PromptName } from "./prompts.ts";
import type { JudgedAnswer, JudgeQuestion } from "./questions.ts";

export type GradeRow = {
  readonly question: string;
  readonly category: string;
  readonly turn: number;
  /** Undefined if the judge failed or gave no grade; `said` then has the reason. */
  readonly grade: number | undefined;
  readonly said: string;
};

export type Grades = {
  /** NaN if nothing was graded. */
  readonly mean: number;
  readonly byTurn: readonly number[];
  readonly byCategory: Readonly<Record<string, number>>;
  readonly graded: number;
  readonly failed: number;
  readonly judge: string;
  /** The names of the prompts that the judge got. */
  readonly prompts: readonly string[];
  readonly rows: readonly GradeRow[];
};

/** @throws if the numbers of questions and answers differ. */
export async function judgeGrades(
  endpoint: Endpoint,
  questions: readonly JudgeQuestion[],
  answers: readonly JudgedAnswer[],
  prompts: JudgePrompts = builtInPrompts,
): Promise<Grades> {
  requireEqualCounts(questions, answers);
  const asked = questions.flatMap((question, i) =>
    question.turns.map((_, turn) => {
      const prompt = prompts[singlePrompt(question, turn)];
      return { question, turn, prompt, text: fillPrompt(prompt, valuesOf(question, answers[i]!)) };
    }),
  );
  const judgements = await endpoint.judge(
    asked.map(({ prompt, text }) => [
      { role: "system", content: prompt.system },
      { role: "user", content: text },
    ]),
  );
  const rows = asked.map(({ question, turn }, i): GradeRow => {
    const judgement = judgements[i]!;
    const said = judgement.ok ? judgement.text : judgement.reason;
    const grade = judgement.ok ? gradeIn(judgement.text) : undefined;
    return { question: question.id, category: question.category, turn: turn + 1, grade, said };
  });
  const mean = (isIncluded: (row: GradeRow) => boolean): number => {
    const grades = rows.flatMap((row) => (row.grade !== undefined && isIncluded(row) ? [row.grade] : []));
    return grades.reduce((sum, each) => sum + each, 0) / grades.length;
  };
  const graded = rows.filter(({ grade }) => grade !== undefined).length;
  const categories = [...new Set(rows.map(({ category }) => category))];
  return {
    mean: mean(() => true),
    byTurn: [...new Set(rows.map(({ turn }) => turn))].sort().map((turn) => mean((row) => row.turn === turn)),
    byCategory: Object.fromEntries(categories.map((category) => [category, mean((row) => row.category === category)])),
    graded,
    failed: rows.length - graded,
    judge: endpoint.name,
    prompts: [...new Set(asked.map(({ prompt }) => prompt.name))],
    rows,
  };
}

function singlePrompt({ reference }: JudgeQuestion, turn: number): PromptName {
  if (reference) return turn === 0 ? "single-math-v1" : "single-math-v1-multi-turn";
  return turn === 0 ? "single-v1" : "single-v1-multi-turn";
}

/** The values of a template: the question, the answers and the reference answers, by FastChat's names. */
export function valuesOf(
  { turns, reference = [] }: JudgeQuestion,
  answer: JudgedAnswer,
  name = "answer",
): Record<string, string> {
  const numbered = (title: string, texts: readonly string[]): [string, string][] =>
    texts.map((text, i) => [`${title}_${i + 1}`, text]);
  return {
    question: turns[0]!,
    [name]: answer[0] ?? "",
    ...Object.fromEntries([
      ...numbered("question", turns),
      ...numbered(name, answer),
      ...numbered("ref_answer", reference),
    ]),
  };
}

/** The last `[[8]]` or `[[8.5]]` in the text, otherwise the last `[8]`; undefined if it is not from 1 to 10. */
export function gradeIn(text: string): number | undefined {
  const found = [...text.matchAll(/\[\[(\d+\.?\d*)\]\]/g)].at(-1) ?? [...text.matchAll(/\[(\d+\.?\d*)\]/g)].at(-1);
  const grade = Number(found?.[1] ?? Number.NaN);
  return grade >= 1 && grade <= 10 ? grade : undefined;
}

export function requireEqualCounts(
  questions: readonly JudgeQuestion[],
  ...answers: readonly (readonly JudgedAnswer[])[]
): void {
  const mismatch = answers.find((each) => each.length !== questions.length);
  if (mismatch)
    throw new Error(
      `There are ${questions.length} questions but ${mismatch.length} answers. Give the answers to all questions, in their order.`,
    );
}
