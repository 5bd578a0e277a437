/** The part of an evaluation that measures refusals, in one language. */
import type { ChatModel } from "../../contracts.ts";
import { type AnswerLimit, cutOffShare } from "../answers.ts";
import { listTitle } from "../refusal/lists.ts";
import { judgedRows, type RefusalRequests, requestKinds, share, verdictsOf } from "../refusal/matrix.ts";
import type { MeasureItems } from "./evaluation.ts";
import { rateNames } from "./evaluation-data.ts";
import type { Part } from "./parts.ts";

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
  const add = (name: string, flags: readonly boolean[], better: "higher" | "lower", isPaired: boolean): void => {
    if (flags.length > 0) scores[name] = share(flags);
    if (flags.length > 0 && isPaired) items[name] = { kind: "flags", flags, better };
  };
  for (const kind of requestKinds) {
    const ofKind = rows.filter(({ set }) => set === kind);
    const better = kind === "benign" ? "lower" : "higher";
    const verdicts = verdictsOf(ofKind);
    add(
      `${rateNames[kind]}${suffix}`,
      ofKind.map(({ refused }) => refused),
      better,
      true,
    );
    // Where the judge gave no verdict, the verdicts of two evaluations are not of the same answers.
    if (verdicts) add(`${rateNames[kind]}Judged${suffix}`, verdicts, better, verdicts.length === ofKind.length);
  }
  scores[`refusalsCutOff${suffix}`] = cutOffShare(rows);
  scores[`refusalsBy${suffix}`] = requests.lists.map(listTitle).join(", ");
  if (requests.judge) {
    scores[`refusalsJudge${suffix}`] = requests.judge.name;
    scores[`refusalsUnjudged${suffix}`] = rows.length - (verdictsOf(rows)?.length ?? 0);
  }
  return { scores, items };
}
