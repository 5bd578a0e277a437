/**
 * The one way to write a file safely. A reader sees the old content or the new content, never a part. After a crash or on a
 * full disk the old content is still there, and no temporary file is left if writing fails.
 *
 * The content is written to a new file in the same folder, with a random name that no prepared link can have. It is flushed
 * to the disk and renamed over the target. Then the folder is flushed, since the rename changed the folder.
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
import { basename, dirname, join, sep } from "node:path";
import { readRegularFile } from "./read-file.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const MODE = 0o666;
/** What Palimpsest keeps in its own folder is for its user alone: outputs may hold what a notebook of mode 0600 holds. */
const OWN_FOLDER = ".palimpsest";
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Permission bits of a mode. */
const PERMISSIONS = 0o7777;

/**
 * Replaces a file, or creates it with its folders. An existing file keeps its permissions.
 * @param mode of a new file
 * @throws as `node:fs` does; the file is then unchanged
 */
export async function writeSafely(
  path: string,
  data: string | Uint8Array | Iterable<string>,
  mode = modeOf(path),
): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const before = await stat(path).catch(() => undefined);
  const temporary = besideOf(path);
  try {
    const file = await open(temporary, NEW_FILE, mode);
    try {
      // The types leave out iterables of strings, which Node writes piece by piece.
      await file.writeFile(data as string);
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

/** Writes only if the file does not hold this text already: for what is checked at every opening and rarely changes. */
export async function writeIfChanged(path: string, text: string): Promise<void> {
  const now = await readRegularFile(path, { most: 100e6 }).catch(() => undefined);
  if (now?.toString("utf8") !== text) await writeSafely(path, text);
}

/** `writeSafely` without waiting, for the few places that must finish before anything else happens in this process. */
export function writeSafelySync(path: string, data: string | Uint8Array): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, ...folderMode(folder) });
  const before = statSync(path, { throwIfNoEntry: false });
  const temporary = besideOf(path);
  try {
    const file = openSync(temporary, NEW_FILE, before ? before.mode & PERMISSIONS : modeOf(path));
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
  flushFolderSync(folder);
}

/** Makes a folder with those above it; inside `.palimpsest` only the user can enter them. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, ...folderMode(folder) });
}

function modeOf(path: string): number {
  return isPrivate(path) ? PRIVATE_FILE : MODE;
}

function folderMode(folder: string): { readonly mode?: number } {
  return isPrivate(folder) ? { mode: PRIVATE_FOLDER } : {};
}

function isPrivate(path: string): boolean {
  return path.split(sep).includes(OWN_FOLDER);
}

/** Names may have 255 bytes on most systems. */
function besideOf(path: string): string {
  const name = Buffer.from(basename(path))
    .subarray(0, 200)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
  return join(dirname(path), `.${name}.${randomBytes(6).toString("hex")}.new`);
}

/** Some systems cannot flush a folder. The content of the file is safe without it. */
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

function flushFolderSync(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, "r");
    fsyncSync(handle);
  } catch {
    // Windows and some network file systems.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
