/**
 * What `record.json` says: everything that made the numbers of an experiment, and the digests of the files beside it. A record may
 * come from anywhere, so its form is checked when it is read, and the paths in it must stay inside its folder.
 */
import * as v from "valibot";
import { checked } from "../session/schema/fault.ts";
import { count, fileName, inputValues, name, runChange } from "../session/schema/values.ts";

export const FORMAT = "palimpsest-record/1";
export const RECORDS = ".palimpsest/records";
/** In the folder of a record. The workspace as it was is in a folder of its own, so that it can be put together again. */
export const RECORD_JSON = "record.json";
export const SEAL = "record.sha256";
export const CERTIFICATE = "certificate.json";
export const OUTPUTS = "outputs.json";
export const RESULTS = "results.json";
export const WORKSPACE = "workspace";

/** A path below a folder, with forward slashes. Nothing that could lead out of it, on any system. */
const path = v.pipe(
  v.string(),
  v.maxLength(4096),
  v.check((text) => isBelow(text), "must be a path inside the record"),
);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const file = v.object({ path, sha256, bytes: count });
const text = v.string();

const model = v.object({
  /** As the cells name it. */
  name: v.string(),
  /** `shipped` with Palimpsest; `outside` of the workspace; or in the workspace, where its files are data files. */
  origin: v.picklist(["shipped", "outside", "workspace"]),
  files: v.array(file),
  /** Over its weights, its tokenizer and its chat template; those that were read. */
  digests: v.object({
    weights: v.optional(sha256),
    tokenizer: v.optional(sha256),
    template: v.optional(sha256),
  }),
});

const run = v.object({
  /** Its folder has this name. */
  id: fileName,
  cell: name,
  /** Its place among the runs of its cell. */
  nth: count,
  method: text,
  steps: v.number(),
  status: v.picklist(["running", "done", "stopped", "failed", "interrupted"]),
  message: v.optional(text),
  config: v.record(v.string(), v.unknown()),
  knobs: inputValues,
  changes: v.array(runChange),
  parent: v.optional(v.object({ run: name, step: count, asked: v.optional(v.literal(true)) })),
  /** The runs that had ended when it started: it may depend on their results. */
  after: v.array(name),
  checkpoints: v.array(count),
  /** The digest over the files of its adapter. */
  adapter: v.optional(sha256),
});

const record = v.object({
  format: v.literal(FORMAT),
  /** Its folder has this name. */
  id: fileName,
  /** What its user called it and wrote about it. */
  name: v.optional(text),
  note: v.optional(text),
  /** Its path in the workspace. */
  notebook: path,
  created: text,
  ended: v.optional(text),
  status: v.picklist(["running", "done", "failed", "stopped"]),
  seed: count,
  inputs: inputValues,
  environment: v.record(v.string(), v.string()),
  models: v.array(model),
  /** Data files; those that are not `included` have only their digest here. */
  data: v.array(v.object({ ...file.entries, included: v.boolean() })),
  runs: v.array(run),
  cells: v.array(v.object({ id: name, snapshot: v.nullable(text), status: text, error: v.optional(text) })),
  /** All other files of the record's folder. The tables of runs come in when the run has ended. */
  files: v.array(file),
});

export type ExperimentRecord = v.InferOutput<typeof record>;
export type RecordedRunInfo = v.InferOutput<typeof run>;
export type RecordedFile = v.InferOutput<typeof file>;
export type RecordedModel = v.InferOutput<typeof model>;
export type Environment = ExperimentRecord["environment"];

export function runFolderOf(id: string): string {
  return `runs/${id}`;
}

/** @returns the record, or what is wrong with it */
export function readRecord(text: string): { readonly value: ExperimentRecord } | { readonly fault: string } {
  try {
    return checked(record, JSON.parse(text));
  } catch {
    return { fault: "is not valid JSON" };
  }
}

export function isBelow(path: string): boolean {
  const parts = path.split("/");
  return !/[\\\0:]/.test(path) && parts.every((part) => part !== "" && part !== "." && part !== "..");
}
