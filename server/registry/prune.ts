/**
 * Frees disk space by a rule: checkpoints and caches that are old, old runs and records (into the trash), and what has been in the
 * trash for long. What a rule would remove can be looked at first. A run that goes on is never touched, nor a record of it.
 */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RECORD_JSON } from "../records/record.ts";
import type { PrunedItem, PruneResult, PruneRule } from "../runs/api.ts";
import type { RecordSummary } from "../runs/records.ts";
import type { RunSummary } from "../runs/types.ts";
import { writeSafely } from "../session/write-file.ts";
import { bytesBelow } from "./disk-use.ts";
import { foldersIn, notebookFolders, ownPath } from "./places.ts";
import { isPlainFolder, plainText } from "./plain-file.ts";
import { parsed, readDescription } from "./run-files.ts";
import type { Trash } from "./trash.ts";

const DAY_MS = 86_400_000;
type Candidate = PrunedItem & { readonly remove: () => void | Promise<void> };

export async function prune(
  workspace: string,
  runs: readonly RunSummary[],
  records: readonly RecordSummary[],
  rule: PruneRule,
  trash: Trash,
): Promise<PruneResult> {
  const before = Date.now() - rule.olderThanDays * DAY_MS;
  const candidates = candidatesOf(workspace, runs, records, rule, trash, before);
  if (rule.act === "prune") for (const { remove } of candidates) await remove();
  const items = candidates.map(({ name, bytes }) => ({ name, bytes }));
  return { items, bytes: items.reduce((sum, each) => sum + each.bytes, 0) };
}

function candidatesOf(
  workspace: string,
  runs: readonly RunSummary[],
  records: readonly RecordSummary[],
  { what, marked }: PruneRule,
  trash: Trash,
  before: number,
): readonly Candidate[] {
  const isMarked = ({ pinned, tags, note }: RunSummary): boolean => pinned || tags.length > 0 || note !== "";
  const old = runs.filter(
    (run) =>
      run.status !== "running" &&
      lastWorked(workspace, run) <= before &&
      (marked === "prune" || !isMarked(run)) &&
      // What is in a record belongs to it.
      !run.key.includes(".palimpsest/records/"),
  );
  switch (what) {
    case "checkpoints":
      return old.flatMap(({ key }) => checkpointsOf(workspace, key));
    case "cache":
      return notebookFolders(workspace).flatMap((folder) => oldCaches(workspace, ownPath(folder, "cache"), before));
    case "runs":
      return old.map((run) => ({ name: run.key, bytes: run.bytes, remove: () => trash.put([run]) }));
    case "records":
      return records
        .filter((record) => {
          const own = runs.filter((run) => run.record?.key === record.key);
          const isKept = marked === "keep" && (record.name !== "" || record.note !== "" || own.some(isMarked));
          return !isKept && !own.some(({ status }) => status === "running") && lastWritten(workspace, record) <= before;
        })
        .map(({ id, key }) => ({
          name: key,
          bytes: bytesBelow(join(workspace, key)),
          remove: () => trash.put([{ id, key, status: "done" }]),
        }));
    case "trash":
      return trash
        .list()
        .filter(({ deleted }) => deleted <= before)
        .map(({ path }) => removal(workspace, path));
    default:
      return what satisfies never;
  }
}

/** In milliseconds since 1970. A run that was cut off, or is paused by another process, says no end: its tables tell when it last did something. */
function lastWorked(workspace: string, { key, ended, started }: RunSummary): number {
  if (ended !== undefined) return ended;
  const tables = ["rows", "probes", "events"].map((table) => join(workspace, key, `${table}.jsonl`));
  return Math.max(started, ...tables.map((path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

/** On this machine, also of a record that came from elsewhere, in milliseconds since 1970. */
function lastWritten(workspace: string, { key }: RecordSummary): number {
  return lstatSync(join(workspace, key, RECORD_JSON), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** Permanent checkpoints stay; `run.json` no longer lists what is gone. */
function checkpointsOf(workspace: string, key: string): readonly Candidate[] {
  const folder = join(workspace, key);
  // Through a link, files of others would be removed.
  if (!isPlainFolder(join(folder, "checkpoints"))) return [];
  const { checkpoints = [] } = readDescription(folder) ?? {};
  const going = checkpoints.filter(({ marked }) => !marked);
  const files = going.map(({ step }) => join(folder, "checkpoints", `${step}.safetensors`));
  const bytes = files.reduce((sum, file) => sum + (lstatSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  if (bytes === 0) return [];
  const remove = async (): Promise<void> => {
    const path = join(folder, "run.json");
    const description = parsed(plainText(path, 4e6)) as object | undefined;
    if (!description) return;
    const left = checkpoints.filter(({ marked }) => marked);
    await writeSafely(path, `${JSON.stringify({ ...description, checkpoints: left }, null, 2)}\n`);
    for (const file of files) rmSync(file, { force: true });
  };
  return [{ name: `${key}/checkpoints`, bytes, remove }];
}

/** Each cached result has a folder of its own. It is as old as its newest file. */
function oldCaches(workspace: string, cache: string, before: number): readonly Candidate[] {
  return foldersIn(join(workspace, cache)).flatMap((name) => {
    const path = `${cache}/${name}`;
    const full = join(workspace, path);
    const times = readdirSync(full).map((file) => lstatSync(join(full, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return Math.max(0, ...times) < before ? [removal(workspace, path)] : [];
  });
}

function removal(workspace: string, path: string): Candidate {
  const full = join(workspace, path);
  return { name: path, bytes: bytesBelow(full), remove: () => rmSync(full, { recursive: true, force: true }) };
}
