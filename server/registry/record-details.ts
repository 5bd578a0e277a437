/** What the page of a record shows: what is in the record, and what its certificate says. */
import { join } from "node:path";
import * as v from "valibot";
import { CERTIFICATE, RECORD_JSON, readRecord } from "../records/record.ts";
import type { Certificate, RecordDetails, RecordSummary } from "../runs/records.ts";
import { verdicts } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { NotPossible } from "./not-possible.ts";
import { plainText } from "./plain-file.ts";
import { sealOf } from "./records.ts";
import { parsed } from "./run-files.ts";

const RECORD_BYTES = 256e6;
const text = v.string();
const certificate = v.object({
  verdict: v.picklist(verdicts),
  verified: text,
  digest: text,
  coverage: v.object({ kind: v.picklist(["all", "steps", "segments"]) }),
  environment: v.record(text, text),
});

/** @throws NotPossible if it cannot be read */
export function recordDetails(workspace: string, summary: RecordSummary): RecordDetails {
  const folder = join(workspace, summary.key);
  const read = readRecord(plainText(join(folder, RECORD_JSON), RECORD_BYTES) ?? "");
  if ("fault" in read)
    throw new NotPossible(409, `The record ${summary.id} cannot be read: ${RECORD_JSON} ${read.fault}.`);
  const { ended, inputs, environment, models, data, cells, runs } = read.value;
  const digest = sealOf(folder);
  const verified = digest === undefined ? undefined : certificateOf(folder, digest);
  return {
    ...summary,
    ...(ended !== undefined && { ended }),
    ...(digest !== undefined && { digest }),
    ...(verified && { certificate: verified }),
    command: `npx palimpsest verify ${quoted(folder)}`,
    ...{ inputs, environment },
    models: models.map(({ name, origin }) => ({ name, origin })),
    data: data.map(({ path, bytes, included }) => ({ path, bytes, included })),
    cells: cells.map(({ id, status }) => ({ id, status })),
    trainings: runs.map(({ id, method, cell, steps, status, changes }) => {
      return { id, method, cell, steps, status, changes: changes.filter(({ kind }) => kind === "knob").length };
    }),
  };
}

/** @returns undefined without one of this record as it is now */
function certificateOf(folder: string, digest: string): Certificate | undefined {
  const read = checked(certificate, parsed(plainText(join(folder, CERTIFICATE), RECORD_BYTES)));
  if ("fault" in read || read.value.digest !== digest) return undefined;
  return { ...read.value, coverage: read.value.coverage.kind };
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
