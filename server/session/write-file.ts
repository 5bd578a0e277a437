/**
 * The one way to write a file safely. A reader finds the old content or the new one, never a part of it; after a crash or
 * on a full disk the old content is still there; nothing is left behind where writing fails.
 *
 * The content goes to a new file beside the target, with a random name that no link can wait under. It is flushed to the
 * disk and renamed over the target; then the folder is flushed too, since the rename is an entry of the folder.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const MODE = 0o666;
/** Permission bits of a mode. */
const PERMISSIONS = 0o7777;

/**
 * Replaces a file, or makes it and its folders. The permissions of an existing file stay.
 * @throws as `node:fs` does; the file is then as it was.
 */
export async function writeSafely(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const before = await stat(path).catch(() => undefined);
  const temporary = besideOf(path);
  try {
    const file = await open(temporary, NEW_FILE, MODE);
    try {
      await file.writeFile(data);
      if (before) await file.chmod(before.mode & PERMISSIONS);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(folder);
}

/** The same, before anything else happens in this process: for the few places that cannot wait. */
export function writeSafelySync(path: string, data: string | Uint8Array): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const before = statSync(path, { throwIfNoEntry: false });
  const temporary = besideOf(path);
  try {
    const file = openSync(temporary, NEW_FILE, before ? before.mode & PERMISSIONS : MODE);
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString("hex")}.new`);
}

/** Not every system lets a folder be opened; the content is safe without it. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Windows and some network file systems.
  } finally {
    await handle?.close();
  }
}
