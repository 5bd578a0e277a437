/**
 * Reads many small files fast, which somebody else may have put there: only regular files, never through a link, and of a large
 * table only some lines. The calls block, since a thousand files would otherwise take as many turns; callers pause between runs.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const CHUNK = 8192;
/** A table up to this size is read as a whole. */
const WHOLE = 1e6;

/** @returns undefined if there is no such regular file, or if it is larger */
export function plainText(path: string, most: number): string | undefined {
  return withFile(path, (file, size) => (size > most ? undefined : textAt(file, 0, size)));
}

/** The size and time of a regular file, as a text that changes whenever the file does. */
export function fileSignature(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs}` : "";
}

export function isPlainFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Complete lines, evenly spread over the file, among them the first and the last. What follows the last line break was cut off. */
export function someLines(path: string, choose: (length: number) => readonly number[]): readonly string[] {
  const found = withFile(path, (file, size) => {
    if (size > WHOLE) return spreadLines(file, size, choose);
    const text = textAt(file, 0, size);
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    lines.pop();
    return choose(lines.length).map((at) => lines[at]!);
  });
  return found ?? [];
}

/** One line at each of some places. Lines that are longer than a chunk are left out. */
function spreadLines(file: number, size: number, choose: (length: number) => readonly number[]): string[] {
  const chunks = Math.floor(size / CHUNK);
  const lines = choose(chunks).map((at) => {
    const text = textAt(file, at * CHUNK, CHUNK);
    const begin = at === 0 ? 0 : text.indexOf("\n") + 1;
    return text.slice(begin, Math.max(begin, text.indexOf("\n", begin)));
  });
  const tail = textAt(file, Math.max(0, size - 8 * CHUNK), 8 * CHUNK).split("\n");
  return [...lines.filter((line) => line !== ""), ...tail.slice(0, -1).slice(-1)];
}

function textAt(file: number, position: number, length: number): string {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(file, bytes, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.toString("utf8", 0, filled);
}

function withFile<T>(path: string, read: (file: number, size: number) => T): T | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = fstatSync(file);
    return found.isFile() ? read(file, found.size) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
