/**
 * Forks a record: its notebook becomes a new one beside the recorded notebook, with the record's inputs, to go on from there. What the
 * record's notebook used and is not there any more is put back; what is there and differs is left as it is, and named.
 */
import { constants, copyFile, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { holds, placeInside } from "../session/inside.ts";
import { makeFolder } from "../session/write-file.ts";
import { linkModel } from "./open-as-notebook.ts";
import type { OpenRecord } from "./open-record.ts";
import { WORKSPACE } from "./record.ts";
import { digestOf } from "./used-files.ts";

export type Beside = {
  /** Models and data files that are not on this machine as the record has them. */
  readonly missing: readonly string[];
  /** Files that are there, and differ from the record's. */
  readonly changed: readonly string[];
};

/** The recorded notebook. */
export function recordedText({ folder, record }: OpenRecord): Promise<string> {
  return readFile(join(folder, WORKSPACE, record.notebook), "utf8");
}

/** Compares what the notebook used with what is in the folder that the record lies in, and puts back what is not there. */
export async function putBack({ folder, record, workspace }: OpenRecord): Promise<Beside> {
  const root = resolve(folder, "../../..");
  const [missing, changed]: [string[], string[]] = [[], []];
  for (const path of workspace) {
    if (path === record.notebook) continue;
    const [own, there] = [join(folder, WORKSPACE, path), join(root, path)];
    const found = await digestOf(there).catch(() => undefined);
    if (found === undefined) {
      if (!(isHarmless(path) && (await copied(own, there, root)))) missing.push(path);
    } else if (found !== (await digestOf(own))) changed.push(path);
  }
  for (const { path, sha256, included } of record.data) {
    if (included) continue;
    const found = await digestOf(join(root, path)).catch(() => undefined);
    if (found === undefined) missing.push(path);
    else if (found !== sha256) changed.push(path);
  }
  for (const model of record.models) {
    const place = resolve(dirname(join(root, record.notebook)), model.name);
    if (model.origin === "outside" && !(holds(root, place) && (await linkModel(model, place))))
      missing.push(model.name);
  }
  return { missing, changed };
}

/**
 * Whether a file may be put into a folder in which other programs work as well. A record may come from elsewhere: what is hidden, such
 * as a hook of git, and what configures packages or compilers stays out.
 */
function isHarmless(path: string): boolean {
  const parts = path.split("/");
  const isUploaded = parts[0] === ".palimpsest" && parts[1] === "files";
  const shown = isUploaded ? parts.slice(2) : parts;
  const isOwn = shown.every((part) => !part.startsWith(".") && part.toLowerCase() !== "node_modules");
  return isOwn && !CONFIGURES.test(shown.at(-1) ?? "");
}

/** Not the `config.json` of a model. */
const CONFIGURES = /^(package(-lock)?|npm-shrinkwrap|[tj]sconfig.*)\.json$|\.config\.\w+$|^makefile$/i;

/** @returns false if it would lie outside of the folder, or is in the way of another file */
async function copied(from: string, to: string, root: string): Promise<boolean> {
  if ((await placeInside(root, to).catch(() => undefined)) !== to) return false;
  await makeFolder(dirname(to));
  return copyFile(from, to, constants.COPYFILE_EXCL).then(
    () => true,
    () => false,
  );
}
