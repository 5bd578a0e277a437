/** Asks a process for the answer to a query, and ends it if it takes too long. */
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueryResult } from "../runs/api.ts";
import type { RunSummary } from "../runs/types.ts";
import { NotPossible } from "./not-possible.ts";
import { type QueryAnswer, type QueryOrder, sourceOf, type TableName } from "./query-order.ts";

const BEGIN = fileURLToPath(new URL("./query.mjs", import.meta.url));
const TIME_MS = 60_000;
/** The most rows that a page gets. */
const MOST_ROWS = 5000;

/** @throws NotPossible with DuckDB's message */
export async function query(workspace: string, runs: readonly RunSummary[], sql: string): Promise<QueryResult> {
  const answer = await ask({ ...sourceOf(workspace, runs), kind: "query", sql, most: MOST_ROWS });
  if (answer.kind !== "rows") throw new NotPossible(400, "The query gave no rows.");
  const { columns, rows, isComplete } = answer;
  return { columns, rows, isComplete };
}

/** Writes a table of some runs as a Parquet file. @throws NotPossible */
export async function writeParquet(
  workspace: string,
  runs: readonly RunSummary[],
  table: TableName,
  to: string,
): Promise<void> {
  await ask({ ...sourceOf(workspace, runs), kind: "parquet", table, to });
}

/** What the process writes is removed here, since it may be killed. */
async function ask(order: QueryOrder): Promise<QueryAnswer> {
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-query-"));
  return answerIn(folder, order).finally(() =>
    rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined),
  );
}

function answerIn(folder: string, order: QueryOrder): Promise<QueryAnswer> {
  return new Promise((resolve, reject) => {
    // SQL must not see the user's environment.
    const child = fork(BEGIN, {
      execArgv: [],
      env: { TMPDIR: folder },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let answer: QueryAnswer | undefined;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new NotPossible(400, `The query took longer than ${TIME_MS / 1000} s and was ended. Ask for less.`));
    }, TIME_MS);
    child.on("message", (message: QueryAnswer) => {
      if (message.kind === "ready") child.send(order);
      else answer = message;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      if (answer?.kind === "failed") reject(new NotPossible(400, answer.message));
      else if (answer) resolve(answer);
      else
        reject(
          new NotPossible(503, `The query ended without an answer (exit code ${code}); it may need too much memory.`),
        );
    });
  });
}
