/**
 * What Palimpsest keeps for a user outside of the workspaces, so that a folder that came from elsewhere cannot bring it along:
 * `$XDG_STATE_HOME/palimpsest` or `~/.local/state/palimpsest`. Only the user may read it.
 */
import { chmod, lstat, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** @throws if the folder cannot be made, is a link, or belongs to another user */
export async function stateFolder(): Promise<string> {
  const { XDG_STATE_HOME: set } = process.env;
  const folder = join(set && isAbsolute(set) ? set : join(homedir(), ".local", "state"), "palimpsest");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid()))
    throw new Error(`${folder} must be a folder of this user.`);
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
  return folder;
}
