/** Reads what a record shows, and the files of it that a shared page may contain. The record is checked first. */

import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { type OpenRecord, openRecord } from "../records/open-record.ts";
import { packOpened } from "../records/pack-record.ts";
import { CERTIFICATE, RECORD_JSON, RECORDS, readRecord, WORKSPACE } from "../records/record.ts";
import { unpack } from "../records/zip.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { sharedRecord } from "./from-record.ts";
import { nameOf } from "./from-session.ts";
import { withoutMachine } from "./machine-names.ts";
import type { IncludedPart } from "./options.ts";
import type { AttachedFile } from "./page.ts";
import type { Shared, SharedRecord } from "./shared.ts";

const MOST = 64e6;
const text = v.string();
const certificate = v.object({
  verdict: v.picklist(["identical", "within tolerance", "different"]),
  verified: text,
  digest: text,
  coverage: v.object({ kind: v.picklist(["all", "steps", "segments"]) }),
});
const COVERAGE = {
  all: "all steps were",
  steps: "the beginning of each training was",
  segments: "stretches of the trainings were",
};

/**
 * @param path of its folder or its archive
 * @param use gets what is shown and the opened record, which is there only meanwhile
 * @throws Damaged if it is no record, or a file of it was changed
 */
export async function withRecord<T>(path: string, use: (shared: Shared, open: OpenRecord) => Promise<T>): Promise<T> {
  if ((await stat(path)).isDirectory()) return use(...(await opened(resolve(path))));
  const folder = await mkdtemp(join(tmpdir(), "palimpsest-share-"));
  try {
    await unpack(path, folder);
    return await use(...(await opened(folder)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function opened(folder: string): Promise<readonly [Shared, OpenRecord]> {
  const open = await openRecord(folder);
  const { record, digest, sealed, outputs, tables } = open;
  const text = String(await readRegularFile(join(folder, WORKSPACE, record.notebook), { most: MOST }));
  const shared = sharedRecord({
    ...{ record, text, outputs, tables },
    digest: sealed ? digest : undefined,
    certificate: await certificateOf(open),
  });
  return [withoutMachine(shared, { workspace: dirname(folder), path: basename(record.notebook) }), open];
}

async function certificateOf({ folder, digest }: OpenRecord): Promise<SharedRecord["certificate"]> {
  const text = await readRegularFile(join(folder, CERTIFICATE), { most: MOST }).then(String, () => "null");
  try {
    const found = checked(certificate, JSON.parse(text));
    // One of another record, or of this one before it was changed, says nothing.
    if (!("value" in found) || found.value.digest !== digest) return undefined;
    const { verdict, verified, coverage } = found.value;
    return { verdict, verified, coverage: COVERAGE[coverage.kind] };
  } catch {
    return undefined;
  }
}

/** The record's archive, without what was not asked for; and the weights and data files as files of their own. */
export async function filesOfRecord(open: OpenRecord, included: readonly IncludedPart[]): Promise<AttachedFile[]> {
  const { record } = open;
  const wants = (part: IncludedPart): boolean => included.includes(part);
  const leavesOut = (path: string): boolean =>
    path.startsWith("runs/") ? !(wants("adapter") && path.includes("/adapter/")) : !wants("data");
  const { bytes: content } = await packOpened(open, leavesOut);
  const archive = { name: `${nameOf(record.id)}.zip`, type: "application/zip", what: "record" } as const;
  const files: AttachedFile[] = [{ ...archive, bytes: content.length, content }];
  const binary = "application/octet-stream";
  for (const { path, bytes } of record.files) {
    const [, run = "", folder, name = ""] = /^runs\/([^/]+)\/(adapter\/)?([^/]+)$/.exec(path) ?? [];
    if (folder && wants("adapter") && !open.leftOut.includes(path))
      files.push({ name: `${run}-${name}`, type: binary, what: "adapter", bytes, inside: path });
    if (name === "rows.jsonl" && wants("rows"))
      files.push({ name: `${run}-${name}`, type: "application/jsonl", what: "rows", bytes, inside: path });
  }
  for (const { path, bytes, included: isHere } of record.data)
    if (isHere && wants("data"))
      files.push({ name: nameOf(path), type: binary, what: "data", bytes, inside: `${WORKSPACE}/${path}` });
  return files;
}

/** The folder of the newest record of a notebook, or undefined. */
export async function newestRecord(workspace: string, notebook: string): Promise<string | undefined> {
  const folder = join(workspace, RECORDS);
  const ids = await readdir(folder).catch(() => []);
  const found: { readonly created: string; readonly path: string }[] = [];
  for (const id of ids) {
    const path = join(folder, id);
    const text = await readRegularFile(join(path, RECORD_JSON), { most: MOST }).then(String, () => "");
    const read = readRecord(text);
    if ("value" in read && read.value.notebook === notebook) found.push({ created: read.value.created, path });
  }
  return found.sort((a, b) => (a.created < b.created ? 1 : -1))[0]?.path;
}
