/** `.palimpsest` holds what the notebooks show. Where the notebook is private, it must be private, too. */
import { chmod, lstat, stat } from "node:fs/promises";
import { join } from "node:path";

const OTHERS = 0o077;

/** Closes a `.palimpsest` that others may enter, if this notebook is for its user alone. */
export async function closeToOthers(workspace: string, notebook: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = join(workspace, ".palimpsest");
  const [own, file] = await Promise.all([lstat(folder), stat(join(workspace, notebook))]).catch(() => []);
  if (!own?.isDirectory() || !file || (file.mode & OTHERS) !== 0 || (own.mode & OTHERS) === 0) return;
  // Of another user, or on a file system without permissions: then nothing can be done here.
  await chmod(folder, 0o700).catch(() => undefined);
}
