/**
 * What the list needs of the records in `.palimpsest/records/`: to which record a run belongs, what its certificate says, and the
 * runs that lie in a record alone, since the record came from elsewhere or the run was deleted.
 */
import { join } from "node:path";
import * as v from "valibot";
import { type RecordBadge, type RunDescription, verdicts } from "../runs/types.ts";
import { checked } from "../session/schema/fault.ts";
import { count, fileName, inputValues, name } from "../session/schema/values.ts";
import { foldersIn, ownPath } from "./places.ts";
import { fileSignature, plainText } from "./plain-file.ts";
import { parsed } from "./run-files.ts";

const RECORD_BYTES = 64e6;
const text = v.string();
const record = v.object({
  id: name,
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
const certificate = v.object({ verdict: v.picklist(verdicts), verified: v.optional(text) });

export type FoundRecord = {
  readonly badge: RecordBadge;
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
      const signature = ["record.json", "certificate.json"].map((file) => fileSignature(join(full, file))).join();
      const known = this.#known.get(path);
      if (known?.signature === signature) return known.found ?? [];
      const found = readRecord(full, path);
      this.#known.set(path, { signature, found });
      return found ?? [];
    });
  }
}

function readRecord(full: string, folder: string): FoundRecord | undefined {
  const read = checked(record, parsed(plainText(join(full, "record.json"), RECORD_BYTES)));
  if ("fault" in read) return undefined;
  const { id, notebook, created, ended, seed, runs } = read.value;
  const verified = checked(certificate, parsed(plainText(join(full, "certificate.json"), RECORD_BYTES)));
  return {
    badge: { id, ...("value" in verified && verified.value) } as RecordBadge,
    folder,
    runs: runs.map((run) => ({ ...run, notebook, seed, started: created, ended })),
  };
}
