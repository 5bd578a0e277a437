/**
 * Opens an archive of a record for reading and working: its workspace becomes a folder beside the archive, with the record inside.
 * Only files that the record lists are written, and nothing runs: the notebook is inert until its user runs it.
 */
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { inputsPath } from "../session/inputs-file.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";
import { Damaged, type OpenRecord, openRecord, ownFiles } from "./open-record.ts";
import { RECORDS, WORKSPACE } from "./record.ts";
import { copyFiles } from "./used-files.ts";
import { unpack } from "./zip.ts";

/**
 * @returns the folder; one from an earlier time is opened again as it is
 * @throws Damaged if the archive is no record, if a file in it was changed, or if something else has the folder's name
 */
export async function unpackRecord(archive: string): Promise<string> {
  const folder = join(dirname(archive), basename(archive).replace(/\.zip$/i, ""));
  if (folder === archive) throw new Damaged(`${archive} must have a name that ends in .zip.`);
  const beside = await mkdtemp(join(dirname(archive), `.${basename(folder)}-`));
  try {
    const unpacked = join(beside, "record");
    await mkdir(unpacked);
    await unpack(archive, unpacked);
    const open = await openRecord(unpacked);
    if (await stat(folder).catch(() => undefined)) {
      await requireSame(folder, open);
      return folder;
    }
    const workspace = join(beside, WORKSPACE);
    await makeFolder(workspace);
    // Palimpsest's own folder is never recorded: somebody else has put it there.
    const sources = open.workspace.filter((path) => !path.split("/").includes(".palimpsest"));
    await copyFiles(join(unpacked, WORKSPACE), workspace, sources);
    const { notebook, inputs, id } = open.record;
    await writeSafely(inputsPath(workspace, notebook), `${JSON.stringify(inputs, null, 2)}\n`);
    await copyFiles(unpacked, join(workspace, RECORDS, id), await ownFiles(open));
    await rename(workspace, folder);
    return folder;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

async function requireSame(folder: string, { record, digest }: OpenRecord): Promise<void> {
  const known = await openRecord(join(folder, RECORDS, record.id)).catch(() => undefined);
  if (known?.digest === digest) return;
  throw new Damaged(`${folder} already exists and is not this record. Move it away, or rename the archive.`);
}
