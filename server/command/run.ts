/** `palimpsest run`: runs a notebook without a page, by the same session and the same kernel. */
import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Recorder } from "../records/recorder.ts";
import type { Holder } from "../session/holder.ts";
import { type Inputs, readInputs } from "../session/inputs-file.ts";
import { readNotebook } from "../session/notebook-reading.ts";
import { openSession } from "../session/open.ts";
import type { SessionOptions } from "../session/options.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import { ResumeFolder } from "../sweep/resume-folder.ts";
import type { CellOutputs, Result } from "../values.ts";
import { backendOf, type Command, memoryOf, parseArguments } from "./command.ts";
import { errorLine, type HeadlessResult, runHeadless } from "./headless-run.ts";
import { notebookArgument } from "./notebook-argument.ts";
import { snapshotOf, unrunState } from "./notebook-snapshot.ts";
import { outputText } from "./output-text.ts";
import { resultTable } from "./result-table.ts";
import { readSettings, type Settings, seedOf, valuesFor } from "./settings.ts";

/** Columns of the text when it does not go to a terminal. */
const WIDTH = 160;

export const run: Command = {
  name: "run",
  synopsis: "run <notebook> [--set name=value]… [--json]",
  summary: "runs a notebook in the terminal",
  usage: `palimpsest run <notebook> [--set name=value]… [--json] [--saved] [--no-record] [--resume folder] [--snapshot hash]
                                     [--backend b] [--memory size]

Runs all cells of a notebook and waits for its trainings. Inputs have the values that the code gives them. At the end it
prints what the cells show, shortened: the first rows of tables, texts, values, a line for each chart. While it runs, it writes
a record of everything that makes the numbers, which palimpsest verify repeats and compares.

  --set name=value   set the input that is assigned to the constant name; seed sets all randomness
  --saved            use the values that were set in the page
  --json             print one object as the last line: {notebook, status, runs, results, record}
  --no-record        write no record to .palimpsest/records
  --resume folder    keep in this folder what the same command needs to go on after it was ended or killed: its trainings
                     continue from their last checkpoints. SIGTERM and Ctrl-C save checkpoints. One process at a time
                     uses the folder; result.json is there when the notebook has ended
  --snapshot hash    run nothing if this is no longer the hash of the notebook's code; a sweep gives it to its entries
  --backend b        compute with this backend instead of the best one of this machine (see palimpsest doctor)
  --memory size      the most memory that tensors may use, such as 6GB; a cell that needs more fails and shows which
                     cells use how much

Exit code 0: done; 1: the notebook failed, was stopped or cannot be read; 2: wrong use of the command.`,

  async run(args) {
    const { values, positionals } = parseArguments(args, {
      set: { type: "string", multiple: true },
      json: { type: "boolean" },
      saved: { type: "boolean" },
      "no-record": { type: "boolean" },
      resume: { type: "string" },
      snapshot: { type: "string" },
      backend: { type: "string" },
      memory: { type: "string" },
    });
    const notebook = await notebookArgument("run", positionals);
    const settings = readSettings(values.set ?? []);
    const options = { seed: seedOf(settings), ...backendOf(values.backend), ...memoryOf(values.memory) };

    const file = await realpath(notebook);
    const [workspace, path] = [dirname(file), basename(file)];
    const unrun = await stateOf(notebook, file, path);
    const saved = values.saved ? await readInputs(workspace, path) : {};
    const inputs = { ...saved, ...valuesFor(unrun, settings) };

    const folder =
      values.resume === undefined ? undefined : await ResumeFolder.open(workspace, resolve(values.resume), saysWaiting);
    const errors = unrun.cells.flatMap((cell) => cell.errors.map((error) => errorLine(cell.cell.id, error)));
    try {
      if (folder?.finished) {
        const { status } = folder.finished;
        process.stdout.write(`${JSON.stringify(folder.finished)}\n`);
        return status === "done" ? 0 : 1;
      }
      if (values.snapshot !== undefined && snapshotOf(await unrunState(notebook, file)) !== values.snapshot) {
        process.stderr.write(
          `${notebook} has changed since the sweep began, so this entry was not run. Call palimpsest sweep again.\n`,
        );
        return 1;
      }
      const keep = values["no-record"] ? "none" : "record";
      const result: RecordedResult =
        errors.length > 0
          ? { status: "failed", state: unrun, errors, outputs: [] }
          : await recordedRun({ workspace, path, inputs, ...options }, settings, keep, folder);
      for (const line of result.errors) process.stderr.write(`${line}\n`);
      const report = reportOf(notebook, workspace, result);
      if (result.status !== "suspended") folder?.finish(report);
      process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : asText(report, result.outputs));
      return result.status === "done" ? 0 : 1;
    } catch (error) {
      folder?.finish({ notebook, status: "failed", runs: [], results: [] });
      throw error;
    } finally {
      await folder?.release();
    }
  },
};

type RecordedResult = HeadlessResult & { readonly record?: string };
type Opening = Omit<SessionOptions, "use"> & { readonly inputs: Inputs };

/** A record that cannot be written must not cost the results. What is suspended gets its record when it has gone on to its end. */
async function recordedRun(
  { inputs, ...options }: Opening,
  settings: Settings,
  keep: "record" | "none",
  folder: ResumeFolder | undefined,
): Promise<RecordedResult> {
  const failed = (error: Error): undefined => {
    process.stderr.write(`The record could not be written: ${error.message}\n`);
    return undefined;
  };
  const { workspace, path, seed } = options;
  const recorder = keep === "none" ? undefined : await Recorder.begin({ workspace, path, seed, inputs }).catch(failed);
  const use = { kind: "headless", inputs, ...(folder && { earlier: folder.earlier }) } as const;
  const session = await openSession({ ...options, use, ...(recorder && { onUse: recorder.onUse }) });
  recorder?.watch(session);
  folder?.watch(session);
  const onInterrupt = folder ? "suspend" : "stop";
  const result = await runHeadless(session, settings, {
    onInterrupt,
    ...(folder && { until: folder.lost }),
  }).catch(async (error: Error) => {
    // A wrong setting, or another process goes on with the runs: nothing is worth a record.
    await recorder?.discard();
    throw error;
  });
  if (result.status === "suspended") {
    await recorder?.discard();
    return result;
  }
  const sealed = await recorder?.finish(result.state, result.status, result.outputs).then(() => true, failed);
  return { ...result, ...(recorder && sealed && { record: recorder.folder }) };
}

function saysWaiting({ pid, host }: Holder): void {
  process.stderr.write(
    `Process ${pid}${host === undefined ? "" : ` on ${host}`} uses this folder; waiting for its end.\n`,
  );
}

/** The state of a notebook before anything runs: its cells, their errors and inputs. @throws if it cannot be read */
export async function stateOf(notebook: string, file: string, path: string): Promise<SessionState> {
  const read = await readNotebook(file);
  if ("fault" in read) throw new Error(`${notebook}: ${read.fault}`);
  const event = { type: "opened", path, cells: read.notebook.cells, inputs: {} } as const;
  return reduce(initialState(path), { seq: 1, time: 0, event });
}

type Report = {
  readonly notebook: string;
  readonly status: HeadlessResult["status"];
  readonly runs: readonly { readonly id: string; readonly method: string; readonly folder: string }[];
  readonly results: readonly Result[];
  /** The folder of the record. */
  readonly record?: string;
};

function reportOf(notebook: string, workspace: string, { status, state, record }: RecordedResult): Report {
  // A run of an earlier process that did not continue has generation 0.
  const own = Object.values(state.runs).filter(({ info }) => info.generation > 0);
  const runs = own.map(({ info: { id, method, folder } }) => ({
    id,
    method,
    folder: join(workspace, folder),
  }));
  return { notebook, status, runs, results: state.results, ...(record !== undefined && { record }) };
}

function asText({ notebook, status, runs, results, record }: Report, outputs: readonly CellOutputs[]): string {
  const lines = [...runs.map((each) => `${each.method}: ${each.folder}`), `${notebook}: ${status}`];
  if (record !== undefined) lines.push(`record: ${record}`);
  const shown = outputText(outputs, process.stdout.columns ?? WIDTH);
  return `${shown}${resultTable(results)}${lines.join("\n")}\n`;
}
