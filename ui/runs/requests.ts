/** What the page asks the server about runs. */
import type { MarkOrder, PruneResult, PruneRule, QueryResult, RunList, RunTables } from "../../server/runs/api.ts";
import { readAnswer, request } from "../session/http.ts";

export async function listRuns(): Promise<RunList> {
  return readAnswer(await request("/api/runs", { cache: "no-store" }));
}

/** Some runs; those that no longer exist are an error. */
export async function someRuns(keys: readonly string[]): Promise<RunList> {
  const query = new URLSearchParams(keys.map((key) => ["run", key]));
  return readAnswer(await request(`/api/runs?${query}`, { cache: "no-store" }));
}

export async function readRunTables(keys: readonly string[]): Promise<readonly RunTables[]> {
  const query = new URLSearchParams(keys.map((key) => ["run", key]));
  return readAnswer(await request(`/api/runs/tables?${query}`, { cache: "no-store" }));
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
