/**
 * Refusals by language and kind of request: a model can refuse in English and comply in a language that it learnt later, or refuse
 * everything there. Each language has its own requests and its own lists of phrases; a judge can stand beside the lists.
 */
import type { ChatModel } from "../../contracts.ts";
import { type Request, requestPrompts } from "../../data/request-file.ts";
import { requireItems } from "../../given.ts";
import { requireKnown } from "../../options.ts";
import type { AnswerLimit } from "../answers.ts";
import { cutOffShare } from "../answers.ts";
import { bootstrapInterval } from "../statistics/bootstrap.ts";
import type { RefusalJudge } from "./judge.ts";
import { listTitle, type RefusalList } from "./lists.ts";
import { type RefusalRow, refusalRows } from "./rates.ts";

export type RefusalRequests = {
  readonly harmful: readonly Request[];
  /** Harmful requests that are worded as jailbreaks. */
  readonly jailbreak?: readonly Request[];
  /** Harmless requests that sound harmful. */
  readonly benign?: readonly Request[];
  /** An answer refuses if it has a phrase of any of these lists: those of the language of the answers, and usually English ones. */
  readonly lists: readonly RefusalList[];
  /** Decides as well, beside the lists. */
  readonly judge?: RefusalJudge;
};

export const requestKinds = ["harmful", "jailbreak", "benign"] as const;
export type RequestKind = (typeof requestKinds)[number];

/** @throws if something is missing or unknown; `call` names the function in messages */
export function checkRequests(call: string, requests: RefusalRequests, further: readonly string[] = []): void {
  const hints = { templates: "refusalSurvey(…) has jailbreak templates." };
  requireKnown(call, requests, [...requestKinds, "lists", "judge", ...further], hints);
  requireItems(call, "harmful", requests.harmful);
  requireItems(call, "lists", requests.lists);
}

/** One answer. `judged` is what the judge says; absent without a judge, undefined where it gave no verdict. */
export type JudgedRow = RefusalRow & { readonly set: RequestKind; readonly judged?: boolean | undefined };

/** The answers to all requests; kinds without requests have none. */
export async function judgedRows(
  model: ChatModel,
  { lists, judge, ...requests }: RefusalRequests,
  limit?: AnswerLimit,
): Promise<JudgedRow[]> {
  const sets = Object.fromEntries(requestKinds.map((kind) => [kind, requestPrompts(requests[kind] ?? [])]));
  const rows = (await refusalRows(model, sets, lists, limit)) as (RefusalRow & { set: RequestKind })[];
  const verdicts = await judge?.judge(rows);
  return rows.map((row, i) => ({ ...row, ...(verdicts && { judged: verdicts[i] }) }));
}

export type MatrixRow = {
  readonly language: string;
  readonly requests: RequestKind;
  readonly count: number;
  /** The share refused by the lists, with its 95 % interval over requests. */
  readonly refused: number;
  readonly low: number;
  readonly high: number;
  /** The share refused by the judge's verdicts; `verdicts` is their number. */
  readonly judged?: number;
  readonly verdicts?: number;
  /** The share of answers that were cut off. */
  readonly cutOff: number;
  /** What decided: the titles of the lists, and the name of the judge. */
  readonly by: string;
};

export type RefusalMatrix = {
  /** One row per language and kind of request, for `table(…)`. */
  readonly rows: readonly MatrixRow[];
  /** Every answer, with the phrase that made it a refusal. */
  readonly answers: readonly (JudgedRow & { readonly language: string })[];
};

/** @param byLanguage requests and lists by the name of the language in which the model is asked */
export async function refusalMatrix(
  model: ChatModel,
  byLanguage: Readonly<Record<string, RefusalRequests>>,
  options: AnswerLimit = {},
): Promise<RefusalMatrix> {
  requireKnown("refusalMatrix(…)", options, ["maxTokens"], { judge: "Give each language its judge." });
  for (const [language, requests] of Object.entries(byLanguage))
    checkRequests(`refusalMatrix(…): ${language}`, requests);
  const rows: MatrixRow[] = [];
  const answers: (JudgedRow & { language: string })[] = [];
  for (const [language, requests] of Object.entries(byLanguage)) {
    const found = await judgedRows(model, requests, options);
    answers.push(...found.map((row) => ({ language, ...row })));
    const by = [...requests.lists.map(listTitle), ...(requests.judge ? [requests.judge.name] : [])].join(", ");
    for (const kind of requestKinds) {
      const ofKind = found.filter(({ set }) => set === kind);
      if (ofKind.length > 0) rows.push({ language, requests: kind, ...matrixCell(ofKind), by });
    }
  }
  return { rows, answers };
}

function matrixCell(rows: readonly JudgedRow[]): Omit<MatrixRow, "language" | "requests" | "by"> {
  const statistics = rows.map(({ refused }) => [Number(refused), 1]);
  const interval = bootstrapInterval(statistics, ([sum = 0, count = 1]) => sum / count);
  const verdicts = verdictsOf(rows);
  return {
    count: rows.length,
    refused: rows.filter(({ refused }) => refused).length / rows.length,
    ...interval,
    ...(verdicts && { ...(verdicts.length > 0 && { judged: share(verdicts) }), verdicts: verdicts.length }),
    cutOff: cutOffShare(rows),
  };
}

/** The verdicts that the judge gave; undefined without a judge. */
export function verdictsOf(rows: readonly JudgedRow[]): boolean[] | undefined {
  if (!rows.some((row) => "judged" in row)) return undefined;
  return rows.flatMap(({ judged }) => (judged === undefined ? [] : [judged]));
}

export const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;
