/**
 * What the lists need of the records in `.palimpsest/records/`: name, note and certificate; to which record a run belongs; and the
 * runs that lie in a record alone, since the record came from elsewhere or the run was deleted.
 */
import { join } from "node:path";
import * as v from "valibot";
import { CERTIFICATE, RECORD_JSON, SEAL } from "../records/record.ts";
import type { RecordSummary } from "../runs/records.ts";
import { type RecordBadge, type RunDescription, verdicts } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { count, fileName, inputValues, name } from "../session/schema/values.ts";
import { foldersIn, OWN_FOLDER, ownPath } from "./places.ts";
import { fileSignature, plainText } from "./plain-file.ts";
import { parsed } from "./run-files.ts";

const RECORD_BYTES = 64e6;
const text = v.string();
const record = v.object({
  id: name,
  name: v.optional(text),
  note: v.optional(text),
  status: v.optional(v.picklist(["running", "done", "failed", "stopped"])),
  notebook: text,
  created: text,
  ended: v.optional(text),
  seed: count,
  runs: v.array(
    v.object({
      id: fileName,
      cell: text,
      method: text,
      steps: v.number(),
      status: v.picklist(["running", "done", "stopped", "failed", "interrupted"]),
      message: v.optional(text),
      config: v.record(v.string(), v.unknown()),
      knobs: v.optional(inputValues),
      parent: v.optional(v.object({ run: text, step: count })),
    }),
  ),
});
const certificate = v.object({
  verdict: v.picklist(verdicts),
  verified: v.optional(text),
  digest: v.optional(text),
  coverage: v.optional(v.object({ kind: v.picklist(["all", "steps", "segments"]) })),
  runs: v.optional(v.array(v.object({ steps: count, verified: count }))),
});

export type FoundRecord = {
  readonly badge: RecordBadge;
  readonly summary: RecordSummary;
  /** Its path in the workspace. */
  readonly folder: string;
  readonly runs: readonly RunDescription[];
};

export class Records {
  readonly #workspace: string;
  /** By path in the workspace. */
  readonly #known = new Map<string, { readonly signature: string; readonly found: FoundRecord | undefined }>();

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** The records in the `.palimpsest` of a folder. Only those that have changed are read again. */
  in(folder: string): readonly FoundRecord[] {
    return foldersIn(join(this.#workspace, ownPath(folder, "records"))).flatMap((id) => {
      const path = ownPath(folder, "records", id);
      const full = join(this.#workspace, path);
      const signature = [RECORD_JSON, CERTIFICATE].map((file) => fileSignature(join(full, file))).join();
      const known = this.#known.get(path);
      if (known?.signature === signature) return known.found ?? [];
      const found = readRecord(full, path);
      this.#known.set(path, { signature, found });
      return found ?? [];
    });
  }
}

function readRecord(full: string, folder: string): FoundRecord | undefined {
  const read = checked(record, parsed(plainText(join(full, RECORD_JSON), RECORD_BYTES)));
  if ("fault" in read) return undefined;
  const { id, name = "", note = "", status = "running", notebook, created, ended, seed, runs } = read.value;
  const above = folder.slice(0, Math.max(0, folder.indexOf(`${OWN_FOLDER}/`)));
  const badge = { id, key: folder, ...verdictOf(full) };
  return {
    badge,
    summary: {
      ...badge,
      ...{ name, note, notebook: above + notebook, created, status, seed, runs: runs.length },
    },
    folder,
    runs: runs.map((run) => ({ ...run, notebook, seed, started: created, ended })),
  };
}

/** The certificate of another record, or of this one before it was changed, says nothing. */
function verdictOf(folder: string): Omit<RecordBadge, "id" | "key"> {
  const read = checked(certificate, parsed(plainText(join(folder, CERTIFICATE), RECORD_BYTES)));
  if ("fault" in read) return {};
  const { verdict, verified, digest, coverage, runs = [] } = read.value;
  if (digest !== undefined && digest !== sealOf(folder)) return {};
  const kind = coverage?.kind ?? "all";
  const total = (name: "steps" | "verified"): number => runs.reduce((sum, each) => sum + each[name], 0);
  return {
    verdict,
    ...(verified !== undefined && { verified }),
    ...(kind !== "all" && { covered: { kind, steps: total("verified"), of: total("steps") } }),
  };
}

/** The digest of `record.json`, as its seal says. */
export function sealOf(folder: string): string | undefined {
  return plainText(join(folder, SEAL), 1000)?.split(/\s/)[0];
}
