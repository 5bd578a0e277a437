/**
 * Reads the record of a run from its folder, `.palimpsest/runs/<id>/` in the workspace, for a replay or a comparison.
 */
import type { RunRecord } from "../../contracts.ts";
import { host } from "../../host.ts";

/** @throws if there is no such run, or naming the file that cannot be read */
export async function runRecord(id: string): Promise<RunRecord> {
  const folder = host().runFolder(id);
  const text = async (name: string): Promise<string> =>
    new TextDecoder().decode(await host().readFile(`${folder}/${name}`));
  const { knobs = {}, ...about } = JSON.parse(await text("run.json"));
  const [rows, probes, changes] = await Promise.all(
    ["rows", "probes", "events"].map(async (table) => jsonLines(await text(`${table}.jsonl`))),
  );
  return { ...about, knobs, rows, probes, changes };
}

/** A last line without its line break was not written completely and is left out. */
function jsonLines(text: string): unknown[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
