/** Reads what a run's folder holds. The folder may come from elsewhere, so what it says is checked. */
import { join } from "node:path";
import * as v from "valibot";
import { thinnedIndices } from "../runs/curve-points.ts";
import type { KnobChange, RunDescription, TableRow } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { checkpoint, count, inputValues, name, runChange } from "../session/schema/values.ts";
import { plainText, someLines } from "./plain-file.ts";

const DESCRIPTION_BYTES = 4e6;
const EVENTS_BYTES = 16e6;

const text = v.pipe(v.string(), v.maxLength(4096));
export const runDescription: v.GenericSchema<unknown, RunDescription> = v.object({
  id: name,
  notebook: text,
  cell: text,
  method: text,
  steps: v.number(),
  seed: v.number(),
  config: v.record(v.string(), v.unknown()),
  prepared: v.optional(v.array(v.string())),
  knobs: v.optional(inputValues),
  parent: v.optional(v.object({ run: text, step: count })),
  status: v.picklist(["running", "done", "stopped", "failed", "interrupted"]),
  started: text,
  ended: v.optional(text),
  seconds: v.optional(v.record(v.string(), v.number())),
  checkpoints: v.optional(v.array(checkpoint)),
  message: v.optional(v.string()),
});
/** @returns undefined if there is no valid `run.json` */
export function readDescription(folder: string): RunDescription | undefined {
  const found = parsed(plainText(join(folder, "run.json"), DESCRIPTION_BYTES));
  const read = checked(runDescription, found);
  return "value" in read ? read.value : undefined;
}

/** Some rows of a training, among them the first and the last; lines that are not rows are left out. */
export function someRows(folder: string): readonly TableRow[] {
  return someLines(join(folder, "rows.jsonl"), thinnedIndices).flatMap(rowOf);
}

/** All measures, since each probe has steps of its own; of a table of many megabytes only some. */
export function probeRows(folder: string): readonly TableRow[] {
  const all = (length: number): readonly number[] => Array.from({ length }, (_, at) => at);
  return someLines(join(folder, "probes.jsonl"), all).flatMap(rowOf);
}

/** The numbers of a line; none if it is not a row. A foreign file may hold anything. */
export function rowOf(line: string): TableRow[] {
  const found = parsed(line);
  if (typeof found !== "object" || found === null) return [];
  const row = Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === "number"));
  return typeof row.step === "number" ? [row as TableRow] : [];
}

export function knobChanges(folder: string): readonly KnobChange[] {
  const lines = plainText(join(folder, "events.jsonl"), EVENTS_BYTES)?.split("\n") ?? [];
  return lines.flatMap((line) => {
    if (!line.includes('"knob"')) return [];
    const read = checked(runChange, parsed(line));
    return "value" in read && read.value.kind === "knob" ? [read.value] : [];
  });
}

/** @returns undefined, which JSON cannot express, if it is not valid */
export function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
