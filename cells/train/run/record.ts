/** Reads what a run's folder says of it, to be replayed or compared. The folder is `.palimpsest/runs/<id>/` of the workspace. */
import type { RunRecord } from "../../contracts.ts";
import { host } from "../../host.ts";

/** @throws when there is no such run, or naming the file that cannot be read. */
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

/** A last line that was cut off is left out. */
function jsonLines(text: string): unknown[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
