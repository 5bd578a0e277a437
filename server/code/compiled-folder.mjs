/**
 * What is compiled from our own code is kept beside the packages that it needs, one folder per version of the files. It is as
 * trustworthy as they are: whoever can write there can change the program itself.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { root, sourceKey } from "./sources.mjs";

/** Versions that are kept: processes that still run may load a part later. */
const KEPT = 3;

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
  const unfinished = mkdtempSync(join(all, ".unfinished-"));
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

function removeOld(all, prefix, folder) {
  try {
    const now = new Date();
    utimesSync(folder, now, now);
    const versions = readdirSync(all)
      .filter((name) => name.startsWith(prefix))
      .map((name) => ({ path: join(all, name), time: statSync(join(all, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { path } of versions.slice(KEPT)) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process removes them too.
  }
}
