/**
 * The one way to read a file that somebody else may have put there: it is a regular file, inside a folder once links are
 * resolved, and not larger than a limit. A pipe would wait for ever, a device never ends, and a link may lead to a secret.
 */
import { constants, open, realpath, stat } from "node:fs/promises";
import { holds } from "./inside.ts";

export type Limits = {
  /** The real path of the folder that the file must be in; anywhere if left out. */
  readonly inside?: string;
  /** In bytes. */
  readonly most: number;
};

/** The file must not be read; the message completes a sentence that begins with the file's name. */
export class Unreadable extends Error {}

/** The most that is read of a project file when a notebook is opened. */
export const PROJECT_BYTES = 2e6;

const { O_RDONLY, O_NONBLOCK = 0 } = constants;

/** @throws Unreadable, or as `node:fs` does */
export async function readRegularFile(path: string, { inside, most }: Limits): Promise<Buffer> {
  const place = await realpath(path);
  if (inside !== undefined && !holds(inside, place)) throw new Unreadable("leads to a place outside of the workspace");
  requireRegular(await stat(place), most);
  // Non-blocking: the file may have been replaced by a pipe meanwhile.
  const file = await open(place, O_RDONLY | O_NONBLOCK);
  try {
    requireRegular(await file.stat(), most);
    const parts: Buffer[] = [];
    let size = 0;
    // The size is not trusted: the file may grow, and some report 0.
    for await (const part of file.createReadStream({ autoClose: false, end: most })) {
      size += part.length;
      if (size > most) throw tooLarge(most);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}

/** @throws Unreadable */
export function requireRegular(
  found: { isFile(): boolean; isDirectory(): boolean; readonly size: number },
  most: number,
): void {
  if (found.isDirectory()) throw new Unreadable("is a folder, not a file");
  if (!found.isFile()) throw new Unreadable("is not a regular file");
  if (found.size > most) throw tooLarge(most);
}

function tooLarge(most: number): Unreadable {
  return new Unreadable(`is larger than ${most / 1e6} MB`);
}
