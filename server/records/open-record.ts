/**
 * Reads a record and checks that nothing in it was changed: `record.json` has the digest of its seal, and every file the digest
 * that `record.json` says. A record that was cut off has no seal; of its tables counts what is there.
 */
import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile } from "../session/read-file.ts";
import type { CellOutputs, ProbeRow, Result, Row } from "../values.ts";
import { LEFT_OUT, leftOutOf } from "./left-out.ts";
import {
  CERTIFICATE,
  type ExperimentRecord,
  OUTPUTS,
  RECORD_JSON,
  RESULTS,
  readRecord,
  runFolderOf,
  SEAL,
  WORKSPACE,
} from "./record.ts";
import { digestOf, filesBelow } from "./used-files.ts";

/** Something in the record is missing or was changed; the message names the file. */
export class Damaged extends Error {}

export type Tables = { readonly rows: readonly Row[]; readonly probes: readonly ProbeRow[] };
export type OpenRecord = {
  readonly folder: string;
  readonly record: ExperimentRecord;
  /** Whether it was finished: else it was cut off, and only what is in it when it is read can be checked. */
  readonly sealed: boolean;
  /** Of `record.json`. */
  readonly digest: string;
  readonly tables: ReadonlyMap<string, Tables>;
  readonly outputs: readonly CellOutputs[];
  readonly results: readonly Result[];
  /** Paths below the folder `workspace` of the record. */
  readonly workspace: readonly string[];
  /** Files that are not here, because an archive left them out. A data file among them is not `included` in `record`. */
  readonly leftOut: readonly string[];
};

const MOST = 256e6;
/** What a run has learnt. To repeat the run from its beginning, the digests of these files are enough. */
const WEIGHTS = /^runs\/[^/]+\/(checkpoints|adapter)\//;

/** Whether a file of a record holds what a run has learnt. @param path below the folder of the record */
export function isWeights(path: string): boolean {
  return WEIGHTS.test(path);
}

/**
 * @param extent `without weights`: files that hold what runs have learnt may be missing
 * @throws Damaged
 */
export async function openRecord(folder: string, extent: "whole" | "without weights" = "whole"): Promise<OpenRecord> {
  const bytes = await readRegularFile(join(folder, RECORD_JSON), { most: MOST }).catch(() => {
    throw new Damaged(`${folder} is not a record: it has no file ${RECORD_JSON}.`);
  });
  const digest = createHash("sha256").update(bytes).digest("hex");
  const seal = await readFile(join(folder, SEAL), "utf8").catch(() => undefined);
  if (seal !== undefined && seal.split(/\s/)[0] !== digest)
    throw new Damaged(`${RECORD_JSON} was changed: its digest is not the one in ${SEAL}.`);
  const read = readRecord(bytes.toString("utf8"));
  if ("fault" in read) throw new Damaged(`${RECORD_JSON} is not a valid record: ${read.fault}.`);
  const record = read.value;
  if (seal === undefined && record.status !== "running")
    throw new Damaged(`${SEAL} is missing. It holds the digest of ${RECORD_JSON}.`);
  const leftOut = await leftOutOf(folder, record);
  const isHere = (path: string): boolean => !leftOut.includes(path);
  for (const { path, sha256 } of record.files) {
    const mayBeMissing = !isHere(path) || (extent === "without weights" && isWeights(path));
    if (!mayBeMissing || (await lstat(join(folder, path)).catch(() => undefined)))
      await requireUnchanged(folder, path, sha256);
  }
  for (const { path, sha256, included } of record.data)
    if (included && isHere(`${WORKSPACE}/${path}`)) await requireUnchanged(folder, `${WORKSPACE}/${path}`, sha256);
  const tables = new Map<string, Tables>();
  for (const { id } of record.runs) tables.set(id, await tablesOf(folder, id));
  const listed = record.files.map(({ path }) => path).filter(isHere);
  const inWorkspace = (seal === undefined ? await filesBelow(folder) : listed).filter((path) =>
    path.startsWith(`${WORKSPACE}/`),
  );
  return {
    folder,
    record: {
      ...record,
      data: record.data.map((file) => ({ ...file, included: file.included && isHere(`${WORKSPACE}/${file.path}`) })),
    },
    sealed: seal !== undefined,
    digest,
    tables,
    outputs: listed.includes(OUTPUTS) ? await json<CellOutputs[]>(folder, OUTPUTS) : [],
    results: listed.includes(RESULTS) ? await json<Result[]>(folder, RESULTS) : [],
    workspace: inWorkspace.map((path) => path.slice(WORKSPACE.length + 1)),
    leftOut,
  };
}

/** The files of a record, without what lies there besides. A certificate is no part of it: another verification may say otherwise. */
export async function ownFiles({ folder, record, sealed, leftOut }: OpenRecord): Promise<string[]> {
  const listed = record.files.map(({ path }) => path).filter((path) => !leftOut.includes(path));
  const all = sealed
    ? [...listed, RECORD_JSON, SEAL, ...(leftOut.length > 0 ? [LEFT_OUT] : [])]
    : await filesBelow(folder);
  return [...new Set(all)].filter((path) => path !== CERTIFICATE);
}

async function requireUnchanged(folder: string, path: string, sha256: string): Promise<void> {
  const place = join(folder, path);
  const found = await lstat(place).catch(() => undefined);
  if (!found) throw new Damaged(`${path} is missing from the record.`);
  if (!found.isFile()) throw new Damaged(`${path} in the record is not a regular file.`);
  if ((await digestOf(place)) !== sha256) throw new Damaged(`${path} was changed: its digest is not the recorded one.`);
}

async function tablesOf(folder: string, id: string): Promise<Tables> {
  const read = async (table: string): Promise<string> => {
    const path = `${runFolderOf(id)}/${table}.jsonl`;
    return readRegularFile(join(folder, path), { most: MOST }).then(
      (bytes) => bytes.toString("utf8"),
      () => "",
    );
  };
  return { rows: lines<Row>(await read("rows"), id), probes: lines<ProbeRow>(await read("probes"), id) };
}

/** A last line without its line break was cut off and is left out. */
function lines<T>(text: string, run: string): T[] {
  try {
    const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    return whole.filter((line) => line !== "").map((line) => JSON.parse(line));
  } catch {
    throw new Damaged(`A table of the run ${run} is not valid JSON lines.`);
  }
}

async function json<T>(folder: string, path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(join(folder, path), "utf8"));
  } catch {
    throw new Damaged(`${path} is not valid JSON.`);
  }
}
