/**
 * Archives of records. Packing gives the same bytes for the same files: their order, their dates and the compression are fixed.
 * An archive may come from anywhere: paths that lead out of it and sizes beyond the limits are refused before anything is unpacked.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Zippable } from "fflate";
import { readRegularFile } from "../session/read-file.ts";
import { writeSafely } from "../session/write-file.ts";
import { Damaged } from "./open-record.ts";
import { isBelow } from "./record.ts";

/** Bytes of an archive, and of all that is in it. */
const MOST = 2 ** 30;
const MOST_FILES = 20_000;
/** Text compresses well, but not like this. Small archives are harmless however they were made. */
const MOST_RATIO = 200;
const SMALL = 64 * 2 ** 20;

/** The earliest date that the format has. It is written as local time, so it is the same everywhere. */
const DATE = new Date(1980, 0, 1);

/** @param texts files that are made for the archive, by their paths. @throws if all of it is too large for one archive */
export async function packed(
  folder: string,
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): Promise<Uint8Array> {
  const files: Zippable = {};
  let size = 0;
  for (const path of [...paths, ...texts.keys()].sort()) {
    const text = texts.get(path);
    const bytes =
      text === undefined ? new Uint8Array(await readFile(join(folder, path))) : new TextEncoder().encode(text);
    size += bytes.length;
    if (size > MOST)
      throw new Error(`The record is too large for one archive: at most ${MOST / 2 ** 30} GiB are possible.`);
    // Weights hardly get smaller.
    files[path] = [bytes, { level: path.endsWith(".safetensors") ? 0 : 6 }];
  }
  const { zipSync } = await import("fflate");
  return zipSync(files, { mtime: DATE });
}

/** Unpacks an archive into an empty folder. @returns the paths. @throws Damaged */
export async function unpack(archive: string, folder: string): Promise<string[]> {
  const files = await entriesOf(archive);
  for (const [path, bytes] of files) await writeSafely(join(folder, path), bytes);
  return [...files.keys()];
}

/** The files in an archive. @throws Damaged */
export async function entriesOf(archive: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const bytes = await readRegularFile(archive, { most: MOST }).catch((error: Error) => {
    throw new Damaged(`${archive} cannot be read: ${error.message}.`);
  });
  const { unzipSync } = await import("fflate");
  let size = 0;
  let count = 0;
  try {
    const files = unzipSync(new Uint8Array(bytes), {
      filter({ name, originalSize }) {
        if (name.endsWith("/")) return false;
        if (!isBelow(name))
          throw new Damaged(`The archive has the path ${JSON.stringify(name)}, which leads out of it.`);
        size += originalSize;
        count += 1;
        if (size > MOST || count > MOST_FILES || (size > SMALL && size > MOST_RATIO * bytes.length))
          throw new Damaged("The archive is not unpacked: it would take much more space than a record does.");
        return true;
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    if (error instanceof Damaged) throw error;
    throw new Damaged(
      `${archive} is not a zip archive, or it is damaged: ${error instanceof Error ? error.message : error}.`,
    );
  }
}
