/**
 * A judge compares the answers of two models, as in MT-Bench and AlpacaEval. Judges favour the answer that comes first, so each pair
 * is judged in both orders. A model wins a pair if it wins in both orders; if the orders disagree, the pair is a tie.
 */
import type { Judgement } from "./chat-request.ts";
import type { Endpoint } from "./endpoint.ts";
import { requireEqualCounts, valuesOf } from "./grades.ts";
import { builtInPrompts, fillPrompt, type JudgePrompts, type PromptName } from "./prompts.ts";
import type { JudgedAnswer, JudgeQuestion } from "./questions.ts";

export type ContestRow = {
  readonly question: string;
  readonly category: string;
  readonly turn: number;
  /** For the system against the baseline; `failed` if the judge gave no preference in one of the orders. */
  readonly outcome: "win" | "loss" | "tie" | "failed";
  /** The judge's text with the system first, and with the baseline first. */
  readonly systemFirst: string;
  readonly baselineFirst: string;
};

export type Contest = {
  /** AlpacaEval's win rate: (wins + ties ÷ 2) ÷ judged pairs; NaN if nothing was judged. */
  readonly winRate: number;
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  readonly failed: number;
  /** The share of judged pairs in which the orders have different winners: how much the judge favours a position. */
  readonly disagreement: number;
  readonly judge: string;
  readonly prompts: readonly string[];
  readonly rows: readonly ContestRow[];
};

/** Which answer the judge prefers: the first, the second, or none. */
type Preference = "A" | "B" | "C";

/** @throws if the numbers of questions and answers differ. */
export async function judgeContest(
  endpoint: Endpoint,
  questions: readonly JudgeQuestion[],
  { system, baseline }: { readonly system: readonly JudgedAnswer[]; readonly baseline: readonly JudgedAnswer[] },
  prompts: JudgePrompts = builtInPrompts,
): Promise<Contest> {
  requireEqualCounts(questions, system, baseline);
  const comparisons = questions.flatMap((question, i) =>
    question.turns.map((_, turn) => {
      const prompt = prompts[pairPrompt(question, turn)];
      const order = (a: JudgedAnswer, b: JudgedAnswer): string =>
        fillPrompt(prompt, { ...valuesOf(question, a, "answer_a"), ...valuesOf(question, b, "answer_b") });
      return { question, turn, prompt, orders: [order(system[i]!, baseline[i]!), order(baseline[i]!, system[i]!)] };
    }),
  );
  const judgements = await endpoint.judge(
    comparisons.flatMap(({ prompt, orders }) =>
      orders.map((text) => [
        { role: "system", content: prompt.system } as const,
        { role: "user", content: text } as const,
      ]),
    ),
  );
  const preferences = comparisons.map(
    (_, i) => [preferenceIn(judgements[2 * i]!), preferenceIn(judgements[2 * i + 1]!)] as const,
  );
  const rows = comparisons.map(({ question, turn }, i): ContestRow => {
    const textOf = (judgement: Judgement): string => (judgement.ok ? judgement.text : judgement.reason);
    return {
      question: question.id,
      category: question.category,
      turn: turn + 1,
      outcome: outcomeOf(...preferences[i]!),
      systemFirst: textOf(judgements[2 * i]!),
      baselineFirst: textOf(judgements[2 * i + 1]!),
    };
  });
  const count = (outcome: ContestRow["outcome"]): number => rows.filter((row) => row.outcome === outcome).length;
  const [wins, losses, ties, failed] = [count("win"), count("loss"), count("tie"), count("failed")];
  const judged = rows.length - failed;
  const contradictory = preferences.filter(
    ([first, second]) => first !== undefined && first === second && first !== "C",
  ).length;
  return {
    winRate: (wins + ties / 2) / judged,
    wins,
    losses,
    ties,
    failed,
    disagreement: contradictory / judged,
    judge: endpoint.name,
    prompts: [...new Set(comparisons.map(({ prompt }) => prompt.name))],
    rows,
  };
}

function pairPrompt({ reference }: JudgeQuestion, turn: number): PromptName {
  if (reference) return turn === 0 ? "pair-math-v1" : "pair-math-v1-multi-turn";
  return turn === 0 ? "pair-v2" : "pair-v2-multi-turn";
}

function preferenceIn(judgement: Judgement): Preference | undefined {
  if (!judgement.ok) return undefined;
  return [...judgement.text.matchAll(/\[\[([ABC])\]\]/g)].at(-1)?.[1] as Preference | undefined;
}

/** The system is answer A in the first order and answer B in the second. */
function outcomeOf(first: Preference | undefined, second: Preference | undefined): ContestRow["outcome"] {
  if (first === undefined || second === undefined) return "failed";
  if (first === "A" && second === "B") return "win";
  return first === "B" && second === "A" ? "loss" : "tie";
}
