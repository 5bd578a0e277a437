/** The notebook that `run` and `check` are given. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Misuse } from "./command.ts";

/** @returns the path as it was given. @throws Misuse unless it is the path of one file that exists */
export async function notebookArgument(command: string, positionals: readonly string[]): Promise<string> {
  const [path, ...more] = positionals;
  if (path === undefined) throw new Misuse(`Name a notebook: palimpsest ${command} <notebook>.`);
  if (more.length > 0) throw new Misuse(`palimpsest ${command} takes one notebook, not ${positionals.length}.`);
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw new Misuse(`There is no file ${resolve(path)}.`);
  return path;
}
