/**
 * What page and server say to each other about runs.
 *
 *     GET  /api/runs                          RunList; with ?run=key&seeds=experiment&… of those that exist of these alone
 *     WS   /api/runs/changes?epoch=&since=    RunDelta, one per change
 *     POST /api/runs/marks     MarkOrder      {}
 *     POST /api/runs/delete    RunKeys        {deleted}; POST /api/runs/restore brings them back
 *     GET  /api/runs/tables?run=key&run=…     RunTables[]
 *     GET  /api/runs/answers?run=key&run=…    RunAnswers[]
 *     POST /api/runs/query     {sql}          QueryResult
 *     POST /api/runs/prune     PruneRule      PruneResult
 *     GET  /api/runs/export?format=&table=&run=key&run=…   a file
 *
 * A request that fails is answered with a 4xx {message}.
 */
import type { Datum, RunChange } from "../values.ts";
import type { Marks, RunSummary, TableRow } from "./types.ts";

/** The runs as they are at a version. `epoch`: versions are comparable within one start of the server. */
export type RunList = { readonly epoch: string; readonly version: number; readonly runs: readonly RunSummary[] };
export type RunDelta = {
  readonly epoch: string;
  readonly version: number;
  readonly changed: readonly RunSummary[];
  readonly removed: readonly string[];
};

export type RunKeys = { readonly runs: readonly string[] };
export type MarkOrder = { readonly run: string } & Marks;
export type RunTables = {
  readonly key: string;
  readonly rows: readonly TableRow[];
  readonly probes: readonly TableRow[];
  readonly changes: readonly RunChange[];
  /** How many rows the run has, if only some of them are here. */
  readonly total?: number;
};
/** The most runs, or experiments of several seeds, that are compared at once. */
export const MOST_COMPARED = 10;
/** The most runs whose tables are read with one request. */
export const MOST_TABLES = 20;

export type QueryResult = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Datum[])[];
  /** Otherwise the query gave more rows than these. */
  readonly isComplete: boolean;
};

/**
 * `checkpoints`: of runs that have ended, without the permanent ones. `cache`: cached results. `runs`: moved to the trash. `trash`:
 * removed for good. Pinned, tagged and noted runs are left out unless `marked` says otherwise.
 */
export type PruneRule = {
  readonly what: "checkpoints" | "cache" | "runs" | "trash";
  readonly olderThanDays: number;
  readonly marked: "keep" | "prune";
  /** `look`: says what would go. */
  readonly act: "look" | "prune";
};
export type PruneResult = { readonly items: readonly PrunedItem[]; readonly bytes: number };
/** `name`: its path in the workspace. */
export type PrunedItem = { readonly name: string; readonly bytes: number };
