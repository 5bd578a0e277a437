/** What the page asks the server about sweeps. Each of these throws with a message for the user. */
import type { EntryLog, StartOrder, SweepDetails, SweepKey, SweepSummary } from "../../server/sweep/api.ts";
import { readAnswer, request } from "./http.ts";

/** The columns of the Pareto front, with a minus where less is better, and the inputs of the heat map. */
export type SweepView = { readonly x?: string; readonly y?: string; readonly down?: string; readonly across?: string };

export async function listSweeps(): Promise<readonly SweepSummary[]> {
  return readAnswer(await request("/api/sweeps", { cache: "no-store" }));
}

export async function readSweep(sweep: string, view: SweepView): Promise<SweepDetails> {
  const query = new URLSearchParams({ sweep, ...view });
  // The browser has the last answer, and the server says if nothing has changed.
  return readAnswer(await request(`/api/sweeps/one?${query}`, { cache: "no-cache" }));
}

export async function readEntryLog(sweep: string, entry: string): Promise<EntryLog> {
  return readAnswer(await request(`/api/sweeps/log?${new URLSearchParams({ sweep, entry })}`, { cache: "no-store" }));
}

export const startSweep = (order: StartOrder): Promise<SweepKey> => post("", order);
/** Runs what is left, and some entries although they are done. */
export const runAgain = (sweep: string, entries: readonly string[]): Promise<SweepKey> =>
  post("/again", { sweep, entries });
export const cancelSweep = (sweep: string): Promise<unknown> => post("/cancel", { sweep });

export function sweepAddress(key: string): string {
  return `/sweeps/${key.split("/").map(encodeURIComponent).join("/")}`;
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await request(`/api/sweeps${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return readAnswer<T>(answer);
}
