/**
 * Grades from 1 to 10 by a judge, turn by turn, as MT-Bench gives them: the first answer by itself, the second within its
 * conversation. The mean is over the grades that there are; how many there are not is told beside it.
 */
import type { Endpoint } from "./endpoint.ts";
import { filled, type JudgePrompts, ownJudgePrompts, type PromptName } from "./prompts.ts";
import type { JudgedAnswer, JudgeQuestion } from "./questions.ts";

export type GradeRow = {
  readonly question: string;
  readonly category: string;
  readonly turn: number;
  /** Undefined where the judge failed or gave no grade; `said` then tells why. */
  readonly grade: number | undefined;
  readonly said: string;
};

export type Grades = {
  /** NaN where nothing was graded. */
  readonly mean: number;
  readonly byTurn: readonly number[];
  readonly byCategory: Readonly<Record<string, number>>;
  readonly graded: number;
  readonly failed: number;
  readonly judge: string;
  /** The names of the prompts that were used. */
  readonly prompts: readonly string[];
  readonly rows: readonly GradeRow[];
};

/** @throws if there are not as many answers as questions. */
export async function judgeGrades(
  endpoint: Endpoint,
  questions: readonly JudgeQuestion[],
  answers: readonly JudgedAnswer[],
  prompts: JudgePrompts = ownJudgePrompts,
): Promise<Grades> {
  requireSame(questions, answers);
  const asked = questions.flatMap((question, i) =>
    question.turns.map((_, turn) => {
      const prompt = prompts[singlePrompt(question, turn)];
      return { question, turn, prompt, text: filled(prompt, valuesOf(question, answers[i]!)) };
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
  const mean = (holds: (row: GradeRow) => boolean): number => {
    const grades = rows.flatMap((row) => (row.grade !== undefined && holds(row) ? [row.grade] : []));
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

/** What the templates call a question, its answers and its references. */
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

/** The last `[[8]]` or `[[8.5]]`, or `[8]` where the judge was sparing with brackets. A number that is no grade is none. */
export function gradeIn(text: string): number | undefined {
  const found = [...text.matchAll(/\[\[(\d+\.?\d*)\]\]/g)].at(-1) ?? [...text.matchAll(/\[(\d+\.?\d*)\]/g)].at(-1);
  const grade = Number(found?.[1] ?? Number.NaN);
  return grade >= 1 && grade <= 10 ? grade : undefined;
}

export function requireSame(
  questions: readonly JudgeQuestion[],
  ...answers: readonly (readonly JudgedAnswer[])[]
): void {
  const other = answers.find((each) => each.length !== questions.length);
  if (other)
    throw new Error(
      `Here are ${questions.length} questions and ${other.length} answers; a judge needs as many of both.`,
    );
}
