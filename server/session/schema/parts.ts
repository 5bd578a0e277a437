/** Schemas of the parts that a log begins with. */
import * as v from "valibot";
import type { Entry, StatePart } from "../../state/parts.ts";
import {
  cellError,
  consoleLine,
  cost,
  holding,
  level,
  memory,
  projectFile,
  question,
  runInfo,
  settings,
  wholeCell,
} from "./events.ts";
import {
  checkpoint,
  count,
  inputSpec,
  inputValue,
  inputValues,
  name,
  result,
  runChange,
  shownOutput,
} from "./values.ts";

const text = v.string();
const cells = v.array(name);
const counts = v.record(v.string(), count);

const phase = v.variant("status", [
  v.object({ status: v.picklist(["idle", "done", "failed", "stopped"]) }),
  v.object({ status: v.literal("queued"), renew: v.boolean() }),
  v.object({
    status: v.literal("running"),
    progress: v.optional(v.object({ label: text, done: v.number(), total: v.number() })),
    paused: v.boolean(),
    rerun: v.boolean(),
  }),
]);
const values = v.variant("kind", [
  v.object({ kind: v.literal("none") }),
  v.object({
    kind: v.literal("in-kernel"),
    snapshot: text,
    settled: v.boolean(),
    restored: v.boolean(),
    order: v.number(),
    madeFrom: cells,
    streams: v.optional(counts),
    streamsRead: v.optional(counts),
    peakBytes: v.number(),
  }),
]);
const cache = v.variant("kind", [
  v.object({ kind: v.literal("none") }),
  v.object({ kind: v.literal("stored"), snapshot: text, replaced: v.optional(text) }),
  v.object({ kind: v.literal("unused"), snapshot: text, reason: text }),
  v.object({ kind: v.literal("refused"), reason: text }),
]);
const facts = v.object({
  cell: wholeCell,
  generation: count,
  values,
  cache,
  outputs: v.array(shownOutput),
  madeWith: v.optional(text),
  console: v.array(consoleLine),
  inputs: v.array(v.object({ name, live: v.boolean(), spec: inputSpec, value: inputValue, generation: count })),
  results: v.array(result),
  tensors: holding,
  error: v.optional(cellError),
  startedAt: v.optional(v.number()),
  ms: v.optional(v.number()),
  cost: v.optional(cost),
});
const kernel = v.variant("status", [
  v.object({ status: v.picklist(["off", "starting"]) }),
  v.object({
    status: v.literal("ready"),
    pid: v.number(),
    backend: text,
    passedOver: v.array(v.object({ name: text, reason: text })),
  }),
  v.object({
    status: v.literal("ended"),
    cause: v.picklist(["closed", "restarted", "unresponsive", "died"]),
    reason: text,
  }),
]);
const isEntry = (value: unknown): value is Entry => typeof value === "number" || value === null || value === "";
/** Checked by a plain loop: a schema object per number would cost more than reading the log. */
const columns = v.custom<Readonly<Record<string, readonly Entry[]>>>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(
      ([column, entries]) => column !== "__proto__" && Array.isArray(entries) && entries.every(isEntry),
    ),
  "must be columns of numbers",
);

export const statePart: v.GenericSchema<unknown, StatePart> = v.variant("part", [
  v.object({
    part: v.literal("session"),
    path: text,
    seq: count,
    inputValues,
    kernel,
    tensorBytes: v.number(),
    memory: v.optional(memory),
    settings,
    files: v.record(v.string(), projectFile),
    userRan: v.boolean(),
    pending: v.optional(v.object({ ...cost.entries, cells })),
    question: v.optional(question),
    notice: v.optional(v.object({ level, text, action: v.exactOptional(v.literal("save-file")), seq: count })),
  }),
  v.object({ part: v.picklist(["cell", "removed"]), cell: v.intersect([facts, phase]) }),
  v.object({
    part: v.literal("run"),
    run: v.object({
      info: runInfo,
      status: v.picklist(["running", "done", "stopped", "failed", "interrupted"]),
      message: v.optional(text),
      phase: v.optional(v.object({ label: text, done: v.number(), total: v.number() })),
      changes: v.array(runChange),
      checkpoints: v.array(checkpoint),
    }),
  }),
  v.object({ part: v.literal("rows"), table: v.picklist(["rows", "probes"]), length: count, columns }),
]);
