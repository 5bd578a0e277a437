/** What `palimpsest export` does: finds what is to be shown, and makes the page of it. */
import { stat } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { logPath } from "../session/history.ts";
import { type MadePage, madePage } from "../share/export-page.ts";
import type { ShareOptions } from "../share/options.ts";
import { OnlyInRecord, pageOfRecord, pageOfSession } from "../share/pages.ts";
import { newestRecord } from "../share/read-record.ts";
import { readSession } from "../share/read-session.ts";
import { Misuse } from "./command.ts";
import { chosenStates } from "./export-states.ts";
import { ImportFaults } from "./import-faults.ts";
import { runningPart } from "./running-part.ts";

/**
 * @param target the real path of a notebook or a record
 * @param states the runs of a sweep that the reader can choose, such as "rank=4,16,64"
 */
export async function madeOf(target: string, options: ShareOptions, states: string | undefined): Promise<MadePage> {
  if (states !== undefined) return madeOfStates(target, options, states);
  return target.endsWith(".ts") ? madeOfNotebook(target, options) : pageOfRecord(target, options, runningPart);
}

/** The page shows the first state, and has the records of all. */
async function madeOfStates(notebook: string, options: ShareOptions, text: string): Promise<MadePage> {
  if (!notebook.endsWith(".ts"))
    throw new Misuse("--states needs the notebook: its sweep has the finished runs. Name the .ts file.");
  if (options.included.length > 0) throw new Misuse("--states and --include cannot be used together.");
  const { input, all, records } = await chosenStates(notebook, text, (line) => process.stderr.write(`${line}\n`));
  return madePage(all[0]!.shared, records, options, { input, all });
}

/** From its session, or from its newest record where only `palimpsest run` has run it. */
async function madeOfNotebook(notebook: string, options: ShareOptions): Promise<MadePage> {
  const { workspace, path } = await workspaceOf(notebook);
  const imports = new ImportFaults(dirname(notebook));
  const shared = await readSession(workspace, path, (state) => [
    { type: "files-read", files: imports.filesOf(state.cells.flatMap(({ analysis }) => analysis ?? [])) },
  ]);
  if (shared) {
    return pageOfSession(workspace, shared, options).catch((error: Error) => {
      throw error instanceof OnlyInRecord ? new Misuse(error.message) : error;
    });
  }
  const record = await newestRecord(dirname(notebook), basename(notebook));
  if (record !== undefined) return pageOfRecord(record, options, runningPart);
  throw new Misuse(
    `${path} has not run, so there is nothing to show. Run it in the page (palimpsest start) or here (palimpsest run ${path}).`,
  );
}

/** The folder that was opened with `start`, which may lie above the notebook's own. */
async function workspaceOf(notebook: string): Promise<{ readonly workspace: string; readonly path: string }> {
  for (let folder = dirname(notebook); ; folder = dirname(folder)) {
    const path = relative(folder, notebook).replaceAll("\\", "/");
    if (await stat(logPath(folder, path)).catch(() => undefined)) return { workspace: folder, path };
    if (dirname(folder) === folder) return { workspace: dirname(notebook), path: basename(notebook) };
  }
}
