/**
 * Opens a record for work: its notebook with its inputs, project files and data in a folder of their own, in a workspace. Models and
 * large data files that the record has only by their digests are added where this machine has them. Nothing runs.
 */
import { constants, copyFile, mkdir, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { writeInputs } from "../session/inputs-file.ts";
import { holds } from "../session/inside.ts";
import { makeFolder } from "../session/write-file.ts";
import { findModel } from "./model-places.ts";
import type { OpenRecord } from "./open-record.ts";
import { type RecordedModel, WORKSPACE } from "./record.ts";
import { copyFiles, digestOf } from "./used-files.ts";

/** @param folder absolute, in the workspace; does not exist yet. @returns what is missing, as `addOutside` does */
export async function openAsNotebook(open: OpenRecord, workspace: string, folder: string): Promise<readonly string[]> {
  await makeFolder(folder);
  await copyFiles(join(open.folder, WORKSPACE), folder, open.workspace);
  return addOutside(open, workspace, folder);
}

/**
 * Adds what the record does not contain, and the values of the inputs where the workspace looks for them.
 * @returns the names of the models and data files that this machine does not have
 */
export async function addOutside(open: OpenRecord, workspace: string, folder: string): Promise<readonly string[]> {
  const { notebook, inputs, data, models } = open.record;
  const name = basename(folder);
  await writeInputs(workspace, `${name}/${notebook}`, inputs);
  const missing: string[] = [];
  for (const { path, sha256, included } of data)
    if (!included && !(await copyData(open, folder, path, sha256))) missing.push(path);
  for (const model of models) {
    if (model.origin !== "outside") continue;
    const place = resolve(dirname(join(folder, notebook)), model.name);
    // A name such as "../model" would lead out of the folder: the user decides what lies there.
    if (!(holds(folder, place) && (await linkModel(model, place)))) missing.push(model.name);
  }
  return missing;
}

/** Links the model of a record that was outside of its workspace to where a notebook looks for it. @returns whether it is there */
export async function linkModel(model: RecordedModel, place: string): Promise<boolean> {
  const found = await findModel(model, undefined);
  return found !== undefined && "folder" in found && link(found.folder, place);
}

async function link(from: string, to: string): Promise<boolean> {
  if (await stat(to).catch(() => undefined)) return true;
  await mkdir(dirname(to), { recursive: true });
  return symlink(from, to).then(
    () => true,
    () => false,
  );
}

async function copyData(open: OpenRecord, folder: string, path: string, sha256: string): Promise<boolean> {
  const from = join(resolve(open.folder, "../../.."), path);
  const to = join(folder, path);
  if ((await digestOf(to).catch(() => undefined)) === sha256) return true;
  if ((await digestOf(from).catch(() => undefined)) !== sha256) return false;
  await makeFolder(dirname(to));
  // Not a hard link: a notebook may write to its data.
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  return true;
}
