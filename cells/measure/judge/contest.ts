/**
 * Two models against each other by a judge, as MT-Bench and AlpacaEval do it. A judge favours what stands first, so each pair
 * is judged in both orders: a win is one in both, and where they disagree it is a tie.
 */
import type { Judgement } from "./chat-request.ts";
import type { Endpoint } from "./endpoint.ts";
import { requireSame, valuesOf } from "./grades.ts";
import { filled, type JudgePrompts, ownJudgePrompts, type PromptName } from "./prompts.ts";
import type { JudgedAnswer, JudgeQuestion } from "./questions.ts";

export type ContestRow = {
  readonly question: string;
  readonly category: string;
  readonly turn: number;
  /** Of the system against the baseline; `failed` where a verdict is missing in either order. */
  readonly outcome: "win" | "loss" | "tie" | "failed";
  /** What the judge said with the system first, and with the baseline first. */
  readonly systemFirst: string;
  readonly baselineFirst: string;
};

export type Contest = {
  /** (wins + ties ÷ 2) ÷ judged, AlpacaEval's win rate; NaN where nothing was judged. */
  readonly winRate: number;
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  readonly failed: number;
  /** The share of judged pairs in which the two orders named different winners: how much the place counted. */
  readonly disagreement: number;
  readonly judge: string;
  readonly prompts: readonly string[];
  readonly rows: readonly ContestRow[];
};

type Verdict = "A" | "B" | "C";

/** @throws if there are not as many answers as questions. */
export async function judgeContest(
  endpoint: Endpoint,
  questions: readonly JudgeQuestion[],
  { system, baseline }: { readonly system: readonly JudgedAnswer[]; readonly baseline: readonly JudgedAnswer[] },
  prompts: JudgePrompts = ownJudgePrompts,
): Promise<Contest> {
  requireSame(questions, system, baseline);
  const asked = questions.flatMap((question, i) =>
    question.turns.map((_, turn) => {
      const prompt = prompts[pairPrompt(question, turn)];
      const order = (a: JudgedAnswer, b: JudgedAnswer): string =>
        filled(prompt, { ...valuesOf(question, a, "answer_a"), ...valuesOf(question, b, "answer_b") });
      return { question, turn, prompt, orders: [order(system[i]!, baseline[i]!), order(baseline[i]!, system[i]!)] };
    }),
  );
  const judgements = await endpoint.judge(
    asked.flatMap(({ prompt, orders }) =>
      orders.map((text) => [
        { role: "system", content: prompt.system } as const,
        { role: "user", content: text } as const,
      ]),
    ),
  );
  const verdicts = asked.map((_, i) => [verdictOf(judgements[2 * i]!), verdictOf(judgements[2 * i + 1]!)] as const);
  const rows = asked.map(({ question, turn }, i): ContestRow => {
    const said = (judgement: Judgement): string => (judgement.ok ? judgement.text : judgement.reason);
    return {
      question: question.id,
      category: question.category,
      turn: turn + 1,
      outcome: outcomeOf(...verdicts[i]!),
      systemFirst: said(judgements[2 * i]!),
      baselineFirst: said(judgements[2 * i + 1]!),
    };
  });
  const count = (outcome: ContestRow["outcome"]): number => rows.filter((row) => row.outcome === outcome).length;
  const [wins, losses, ties, failed] = [count("win"), count("loss"), count("tie"), count("failed")];
  const judged = rows.length - failed;
  const swayed = verdicts.filter(([first, second]) => first !== undefined && first === second && first !== "C").length;
  return {
    winRate: (wins + ties / 2) / judged,
    wins,
    losses,
    ties,
    failed,
    disagreement: swayed / judged,
    judge: endpoint.name,
    prompts: [...new Set(asked.map(({ prompt }) => prompt.name))],
    rows,
  };
}

function pairPrompt({ reference }: JudgeQuestion, turn: number): PromptName {
  if (reference) return turn === 0 ? "pair-math-v1" : "pair-math-v1-multi-turn";
  return turn === 0 ? "pair-v2" : "pair-v2-multi-turn";
}

function verdictOf(judgement: Judgement): Verdict | undefined {
  if (!judgement.ok) return undefined;
  return [...judgement.text.matchAll(/\[\[([ABC])\]\]/g)].at(-1)?.[1] as Verdict | undefined;
}

/** The system is A in the first order and B in the second. */
function outcomeOf(first: Verdict | undefined, second: Verdict | undefined): ContestRow["outcome"] {
  if (first === undefined || second === undefined) return "failed";
  if (first === "A" && second === "B") return "win";
  return first === "B" && second === "A" ? "loss" : "tie";
}
