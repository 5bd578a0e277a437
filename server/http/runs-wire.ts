/** Reads what a page sends about runs; schemas check it as everything that comes over the wire. */
import * as v from "valibot";
import { type ExportOrder, formats } from "../registry/export.ts";
import { marks } from "../registry/marks-file.ts";
import { tableNames } from "../registry/query-order.ts";
import { pruning } from "../registry/start-rules.ts";
import type { MarkOrder, PruneRule, RunKeys, StartRules } from "../runs/api.ts";

const key = v.pipe(v.string("must be a string"), v.minLength(1, "must not be empty"), v.maxLength(4096));

export const runKeys: v.GenericSchema<unknown, RunKeys> = v.object({
  runs: v.pipe(v.array(key, "must be a list of runs"), v.minLength(1, "must name a run"), v.maxLength(100_000)),
});
export const markOrder: v.GenericSchema<unknown, MarkOrder> = v.object({ run: key, ...marks.entries });
export const queryOrder = v.object({
  sql: v.pipe(v.string("must be a string"), v.maxLength(100_000, "must have at most 100,000 characters")),
});
const act = v.picklist(["look", "prune"], 'must be "look" or "prune"');
export const pruneRule: v.GenericSchema<unknown, PruneRule> = v.intersect([pruning, v.object({ act })]);
export const startRulesOrder: v.GenericSchema<unknown, StartRules> = v.object({
  rules: v.pipe(v.array(pruning, "must be a list of rules"), v.maxLength(20, "must have at most 20 rules")),
});
export const exportOrder: v.GenericSchema<unknown, ExportOrder> = v.object({
  format: v.picklist(formats, 'must be "csv", "parquet", "json" or "tensorboard"'),
  table: v.picklist(tableNames, 'must be "runs", "rows", "probes" or "changes"'),
});
