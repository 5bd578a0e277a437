/**
 * Where runs lie in a workspace: in `.palimpsest/` of the workspace itself, and of the folders below it in which notebooks were
 * run headless. Links are not followed, so nothing outside of the workspace is found.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isPlainFolder } from "./plain-file.ts";

export const OWN_FOLDER = ".palimpsest";
const SKIPPED = new Set(["node_modules", "dist", "build"]);
/** Folders below the workspace that are searched, as for notebooks. */
const DEPTH = 4;

/** The folders with a `.palimpsest`, relative to the workspace with forward slashes; "" is the workspace itself. */
export function notebookFolders(workspace: string): readonly string[] {
  const found: string[] = [];
  const search = (folder: string, depth: number): void => {
    const names = foldersIn(join(workspace, folder));
    if (names.includes(OWN_FOLDER)) found.push(folder);
    if (depth === DEPTH) return;
    for (const name of names)
      if (!name.startsWith(".") && !SKIPPED.has(name)) search(folder === "" ? name : `${folder}/${name}`, depth + 1);
  };
  search("", 0);
  return found;
}

/** A path in the `.palimpsest` of a folder, relative to the workspace. */
export function ownPath(folder: string, ...parts: readonly string[]): string {
  return [...(folder === "" ? [] : [folder]), OWN_FOLDER, ...parts].join("/");
}

/** The names of the folders in a folder, links left out; none if it is itself a link or missing. */
export function foldersIn(path: string): readonly string[] {
  if (!isPlainFolder(path)) return [];
  try {
    return readdirSync(path, { withFileTypes: true })
      .flatMap((each) => (each.isDirectory() ? [each.name] : []))
      .sort();
  } catch {
    return [];
  }
}
