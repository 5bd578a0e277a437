/**
 * Opens an archive of a record for reading and working: its workspace becomes a folder, with the record inside. Only files that the
 * record lists are written, and nothing runs: the notebook is inert until its user runs it.
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
 * Unpacks to a folder beside the archive.
 * @returns the folder; one from an earlier time is opened again as it is
 * @throws Damaged if the archive is no record, if a file in it was changed, or if something else has the folder's name
 */
export async function unpackRecord(archive: string): Promise<string> {
  const folder = join(dirname(archive), basename(archive).replace(/\.zip$/i, ""));
  if (folder === archive) throw new Damaged(`${archive} must have a name that ends in .zip.`);
  await withUnpacked(archive, folder, async (open, beside) => {
    if (!(await stat(folder).catch(() => undefined))) return settle(open, beside, folder);
    if (await hasRecord(folder, open)) return;
    throw new Damaged(`${folder} already exists and is not this record. Move it away, or rename the archive.`);
  });
  return folder;
}

/** How many names are tried. */
const NAMES = 1000;

/**
 * Unpacks to a folder of a workspace; if its name is taken by something else, a number is added to it.
 * @returns the folder and the record in it; a folder from an earlier time stays as it is. @throws Damaged if the archive is no record, or if a file in it was changed
 */
export async function unpackInto(
  archive: string,
  workspace: string,
  name: string,
): Promise<{ readonly folder: string; readonly open: OpenRecord; readonly made: "now" | "earlier" }> {
  return withUnpacked(archive, join(workspace, name), async (unpacked, beside) => {
    for (let n = 1; n < NAMES; n++) {
      const folder = join(workspace, n === 1 ? name : `${name}-${n}`);
      const isFree = !(await stat(folder).catch(() => undefined));
      if (isFree) await settle(unpacked, beside, folder);
      else if (!(await hasRecord(folder, unpacked))) continue;
      const open = { ...unpacked, folder: join(folder, RECORDS, unpacked.record.id) };
      return { folder, open, made: isFree ? "now" : "earlier" };
    }
    throw new Damaged(`There are too many folders that are called ${name}. Rename the archive.`);
  });
}

/** @param near the archive is unpacked beside this folder, so that it can be moved there */
async function withUnpacked<T>(
  archive: string,
  near: string,
  use: (open: OpenRecord, beside: string) => Promise<T>,
): Promise<T> {
  const beside = await mkdtemp(join(dirname(near), `.${basename(near)}-`));
  try {
    const unpacked = join(beside, "record");
    await mkdir(unpacked);
    await unpack(archive, unpacked);
    return await use(await openRecord(unpacked), beside);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Puts the workspace together and moves it to its place. */
async function settle(open: OpenRecord, beside: string, folder: string): Promise<void> {
  const { record } = open;
  const workspace = join(beside, WORKSPACE);
  await makeFolder(workspace);
  // Palimpsest's own folder is never recorded: somebody else has put it there.
  const sources = open.workspace.filter((path) => !path.split("/").includes(".palimpsest"));
  await copyFiles(join(open.folder, WORKSPACE), workspace, sources);
  await writeSafely(inputsPath(workspace, record.notebook), `${JSON.stringify(record.inputs, null, 2)}\n`);
  await copyFiles(open.folder, join(workspace, RECORDS, record.id), await ownFiles(open));
  await rename(workspace, folder);
}

async function hasRecord(folder: string, { record, digest }: OpenRecord): Promise<boolean> {
  const known = await openRecord(join(folder, RECORDS, record.id)).catch(() => undefined);
  return known?.digest === digest;
}
