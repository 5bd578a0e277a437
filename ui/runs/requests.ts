/** What the page asks the server about runs. */
import type { RunAnswers } from "../../server/runs/answers.ts";
import {
  type MarkOrder,
  MOST_TABLES,
  type PruneResult,
  type PruneRule,
  type QueryResult,
  type RunList,
  type RunTables,
} from "../../server/runs/api.ts";
import type { RunSummary } from "../../server/runs/types.ts";
import { readAnswer, request } from "../session/http.ts";

export async function listRuns(): Promise<RunList> {
  return readAnswer(await request("/api/runs", { cache: "no-store" }));
}

/** The most keys in one address, which a server limits in length. */
const MOST_KEYS = 50;

/** Those that exist of some runs, and all runs of some experiments. */
export async function someRuns(
  keys: readonly string[],
  experiments: readonly string[] = [],
): Promise<readonly RunSummary[]> {
  const ofExperiments = new URLSearchParams(experiments.map((each) => ["seeds", each]));
  const queries = [...parts(keys, MOST_KEYS).map(runQuery), ...(experiments.length > 0 ? [ofExperiments] : [])];
  const lists = await Promise.all(
    queries.map(async (query) => readAnswer<RunList>(await request(`/api/runs?${query}`, { cache: "no-store" }))),
  );
  return [...new Map(lists.flatMap(({ runs }) => runs).map((run) => [run.key, run])).values()];
}

export async function readRunTables(keys: readonly string[]): Promise<readonly RunTables[]> {
  const answers = parts(keys, MOST_TABLES).map(async (some) =>
    readAnswer<readonly RunTables[]>(await request(`/api/runs/tables?${runQuery(some)}`, { cache: "no-store" })),
  );
  return (await Promise.all(answers)).flat();
}

export async function readAnswers(keys: readonly string[]): Promise<readonly RunAnswers[]> {
  return readAnswer(await request(`/api/runs/answers?${runQuery(keys)}`, { cache: "no-store" }));
}

function runQuery(keys: readonly string[]): URLSearchParams {
  return new URLSearchParams(keys.map((key) => ["run", key]));
}

function parts<T>(list: readonly T[], most: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / most) }, (_, at) => list.slice(at * most, (at + 1) * most));
}

export const markRun = (order: MarkOrder): Promise<unknown> => post("marks", order);
export const deleteRuns = (runs: readonly string[]): Promise<unknown> => post("delete", { runs });
export const restoreRuns = (runs: readonly string[]): Promise<unknown> => post("restore", { runs });
export const pruneRuns = (rule: PruneRule): Promise<PruneResult> => post("prune", rule);
export const queryRuns = (sql: string): Promise<QueryResult> => post("query", { sql });

/** @throws with a message for the user */
async function post<T>(name: string, body: unknown): Promise<T> {
  const answer = await request(`/api/runs/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return readAnswer<T>(answer);
}
