/** Reads what a page sends about runs; schemas check it as everything that comes over the wire. */
import * as v from "valibot";
import { type ExportOrder, formats } from "../registry/export.ts";
import { marks } from "../registry/marks-file.ts";
import { tableNames } from "../registry/query-order.ts";
import type { MarkOrder, PruneRule, RunKeys } from "../runs/api.ts";

const key = v.pipe(v.string("must be a string"), v.minLength(1, "must not be empty"), v.maxLength(4096));

export const runKeys: v.GenericSchema<unknown, RunKeys> = v.object({
  runs: v.pipe(v.array(key, "must be a list of runs"), v.minLength(1, "must name a run"), v.maxLength(100_000)),
});
export const markOrder: v.GenericSchema<unknown, MarkOrder> = v.object({ run: key, ...marks.entries });
export const queryOrder = v.object({
  sql: v.pipe(v.string("must be a string"), v.maxLength(100_000, "must have at most 100,000 characters")),
});
export const pruneRule: v.GenericSchema<unknown, PruneRule> = v.object({
  what: v.picklist(["checkpoints", "cache", "runs", "trash"], 'must be "checkpoints", "cache", "runs" or "trash"'),
  olderThanDays: v.pipe(v.number("must be a number"), v.minValue(0, "must not be negative")),
  marked: v.picklist(["keep", "prune"], 'must be "keep" or "prune"'),
  act: v.picklist(["look", "prune"], 'must be "look" or "prune"'),
});
export const exportOrder: v.GenericSchema<unknown, ExportOrder> = v.object({
  format: v.picklist(formats, 'must be "csv", "parquet", "json" or "tensorboard"'),
  table: v.picklist(tableNames, 'must be "runs", "rows", "probes" or "changes"'),
});
