/**
 * Files that a small archive of a record leaves out: weights, checkpoints and data files. `left-out.json` in the folder lists
 * them; it is no part of the record. Their digests are in `record.json` as before, so a repetition is compared with them all
 * the same. No other file may be missing.
 */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { type ExperimentRecord, WORKSPACE } from "./record.ts";

export const LEFT_OUT = "left-out.json";

const MOST = 4e6;
const paths = v.array(v.string());

/** @returns the listed files that may be missing and are */
export async function leftOutOf(folder: string, record: ExperimentRecord): Promise<readonly string[]> {
  const text = await readRegularFile(join(folder, LEFT_OUT), { most: MOST }).then(String, () => "[]");
  const listed = parsed(text).filter((path) => mayBeLeftOut(path, record));
  const found = await Promise.all(
    listed.map((path) =>
      lstat(join(folder, path)).then(
        () => [],
        () => [path],
      ),
    ),
  );
  return found.flat();
}

/** Only what the record lists: a path can lead nowhere else. */
export function mayBeLeftOut(path: string, { files, data }: ExperimentRecord): boolean {
  const isWeights = /^runs\/[^/]+\/(adapter|checkpoints)\//.test(path) && files.some((file) => file.path === path);
  return isWeights || data.some((file) => file.included && `${WORKSPACE}/${file.path}` === path);
}

function parsed(text: string): readonly string[] {
  try {
    const found = checked(paths, JSON.parse(text));
    return "value" in found ? found.value : [];
  } catch {
    return [];
  }
}
