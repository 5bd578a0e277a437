/** The record that `verify` and `pack` are given. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Misuse } from "./command.ts";

/** @returns its absolute path. @throws Misuse unless it is the path of one file or folder that exists */
export async function recordArgument(command: string, positionals: readonly string[]): Promise<string> {
  const [path, ...more] = positionals;
  if (path === undefined) throw new Misuse(`Name a record: palimpsest ${command} <record>.`);
  if (more.length > 0) throw new Misuse(`palimpsest ${command} takes one record, not ${positionals.length}.`);
  if (!(await stat(path).catch(() => undefined))) throw new Misuse(`There is no record ${resolve(path)}.`);
  return resolve(path);
}
