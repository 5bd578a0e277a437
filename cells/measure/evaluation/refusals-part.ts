/** The part of an evaluation that measures refusals, in one language. */
import type { ChatModel } from "../../contracts.ts";
import { type AnswerLimit, cutOffShare } from "../answers.ts";
import { listTitle } from "../refusal/lists.ts";
import { judgedRows, type RefusalRequests, requestKinds, share, verdictsOf } from "../refusal/matrix.ts";
import type { RefusalRow } from "../refusal/rates.ts";
import type { FlagItems, MeasureItems } from "./evaluation.ts";
import { rateNames } from "./evaluation-data.ts";
import type { Part } from "./parts.ts";

/** Which requests were refused, with the answers. */
export const refusedItems = (rows: readonly RefusalRow[], better: "higher" | "lower"): FlagItems => ({
  kind: "flags",
  flags: rows.map(({ refused }) => refused),
  better,
  answers: rows.map(({ request, answer }) => ({ prompt: request, answer })),
});

/** @param suffix after the names of all measures: a space and the language, or nothing */
export async function refusalsPart(
  model: ChatModel,
  requests: RefusalRequests,
  limit: AnswerLimit,
  suffix = "",
): Promise<Part> {
  const rows = await judgedRows(model, requests, limit);
  const scores: Record<string, number | string> = {};
  const items: Record<string, MeasureItems> = {};
  for (const kind of requestKinds) {
    const ofKind = rows.filter(({ set }) => set === kind);
    if (ofKind.length === 0) continue;
    const measure = rateNames[kind];
    const listed = refusedItems(ofKind, kind === "benign" ? "lower" : "higher");
    items[`${measure}${suffix}`] = listed;
    scores[`${measure}${suffix}`] = share(ofKind.map(({ refused }) => refused));
    const verdicts = verdictsOf(ofKind);
    if (!verdicts || verdicts.length === 0) continue;
    scores[`${measure}Judged${suffix}`] = share(verdicts);
    // Where the judge gave no verdict, the verdicts of two evaluations are not of the same answers.
    if (verdicts.length === ofKind.length) items[`${measure}Judged${suffix}`] = { ...listed, flags: verdicts };
  }
  scores[`refusalsCutOff${suffix}`] = cutOffShare(rows);
  scores[`refusalsBy${suffix}`] = requests.lists.map(listTitle).join(", ");
  if (requests.judge) {
    scores[`refusalsJudge${suffix}`] = requests.judge.name;
    scores[`refusalsUnjudged${suffix}`] = rows.length - (verdictsOf(rows)?.length ?? 0);
  }
  return { scores, items };
}
