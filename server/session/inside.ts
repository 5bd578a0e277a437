/** The one way to check whether a path stays inside a folder, after links are resolved. */
import { readlink, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** Whether a path is the folder or below it, by the text of the two absolute paths. Links are not resolved. */
export function holds(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/**
 * The real path, if it is inside the folder. All links in it are resolved; its last parts may not exist yet.
 * @param path absolute
 * @returns undefined if it leads outside
 */
export async function placeInside(folder: string, path: string): Promise<string | undefined> {
  const [real, place] = await Promise.all([realPlace(folder), realPlace(path)]);
  return holds(real, place) ? place : undefined;
}

/** @throws if a part of the path cannot be read */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    const missing = error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    if (!missing || above === path) throw error;
    // A link to a missing file is followed too: writing through it would create the file there.
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return realPlace(resolve(above, target));
    return join(await realPlace(above), relative(above, path));
  }
}
