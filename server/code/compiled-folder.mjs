/**
 * What is compiled from our own code is kept beside the packages that it needs, one folder per version of the files. It is as
 * trustworthy as they are: whoever can write there can change the program itself.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { root, sourceKey } from "./sources.mjs";

/** Versions that are kept: processes that still run may load a part later. */
const KEPT = 3;
/** What a process that was killed has left, after so many milliseconds. */
const UNFINISHED = ".unfinished-";
const LEFT_MS = 3_600_000;

/**
 * @param {string} kind a word for what is compiled
 * @param {readonly string[]} sources folders
 * @param {(folder: string) => Promise<void>} make writes into an empty folder
 * @returns {Promise<string>} the folder
 * @throws as `node:fs` does if nothing can be written there, and what `make` throws
 */
export async function compiledFolder(kind, sources, make) {
  const all = join(root, "node_modules", ".palimpsest-code");
  const prefix = `${kind}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}-`;
  const folder = join(all, prefix + sourceKey(sources));
  if (existsSync(folder)) return folder;
  mkdirSync(all, { recursive: true });
  const unfinished = mkdtempSync(join(all, UNFINISHED));
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was quicker.
    if (!existsSync(folder)) throw error;
  }
  removeOld(all, prefix, folder);
  return folder;
}

/**
 * The same for what is sent to a page: where nothing can be kept, it is made by each process.
 * @param {() => Promise<readonly { readonly path: string, readonly contents: Uint8Array }[]>} make gives esbuild's output files
 * @returns {Promise<Map<string, Uint8Array>>} contents by file name
 * @throws what `make` throws, such as esbuild's messages
 */
export async function compiledFiles(kind, sources, make) {
  const folder = await compiledFolder(kind, sources, async (folder) => {
    for (const { path, contents } of await make()) writeFileSync(join(folder, basename(path)), contents);
  }).catch((error) => {
    // Errors of the file system have a code; esbuild's have none.
    if (error.code === undefined) throw error;
  });
  if (folder === undefined) return new Map((await make()).map(({ path, contents }) => [basename(path), contents]));
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

function removeOld(all, prefix, folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
    const versions = readdirSync(all)
      .filter((name) => name.startsWith(prefix))
      .map((name) => ({ path: join(all, name), time: statSync(join(all, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    const left = readdirSync(all)
      .filter((name) => name.startsWith(UNFINISHED))
      .map((name) => join(all, name))
      .filter((path) => now.getTime() - statSync(path).mtimeMs > LEFT_MS);
    for (const path of [...versions.slice(KEPT).map(({ path }) => path), ...left])
      rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process removes them too.
  }
}
