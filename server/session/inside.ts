/** The one way to tell whether a path stays inside a folder, links resolved. */
import { readlink, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/** Whether a path is the folder or lies below it, by the text of the paths alone. Both are absolute. */
export function holds(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/**
 * The real place of a path, if it lies inside the folder. Every link on the way is resolved; the last parts need not exist yet.
 * @param path absolute
 * @returns undefined where it leads outside.
 */
export async function placeInside(folder: string, path: string): Promise<string | undefined> {
  const [real, place] = await Promise.all([realPlace(folder), realPlace(path)]);
  return holds(real, place) ? place : undefined;
}

/** @throws where a part of the path cannot be looked at. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    const missing = error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
    if (!missing || above === path) throw error;
    // A link to what does not exist is followed too: writing through it would make the file there.
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return realPlace(resolve(above, target));
    return join(await realPlace(above), relative(above, path));
  }
}
