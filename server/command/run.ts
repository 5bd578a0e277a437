/** `palimpsest run`: the notebook without a page, by the same session and the same kernel. */

import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { SessionEvent } from "../events.ts";
import type { CellError } from "../notebook/types.ts";
import { readNotebook } from "../session/file.ts";
import { readInputs } from "../session/inputs-file.ts";
import { openSession } from "../session/open.ts";
import type { Session } from "../session/session.ts";
import { initialState, reduce } from "../state/reducer.ts";
import type { SessionState } from "../state/state.ts";
import { blockerOf } from "../state/state.ts";
import type { Result } from "../values.ts";
import { backendOf, type Command, Misuse, memoryOf, words } from "./command.ts";
import { ProgressLine } from "./progress-line.ts";
import { resultTable } from "./result-table.ts";
import { checkSetting, readSettings, type Settings, seedOf, valuesFor } from "./settings.ts";

type Status = "done" | "failed" | "stopped";

export const run: Command = {
  name: "run",
  synopsis: "run <notebook> [--set name=value]… [--json]",
  summary: "runs a notebook in the terminal",
  usage: `palimpsest run <notebook> [--set name=value]… [--json] [--saved] [--backend b] [--memory size]

Runs all cells of a notebook and waits for its trainings. The values of its inputs are those of the code.

  --set name=value   the value of the input that is assigned to the constant name; seed sets all randomness
  --saved            use the values that were set in the page
  --json             print one object as the last line: {notebook, status, runs, results}
  --backend b        where tensors are computed, instead of the best that this machine has (see palimpsest doctor)
  --memory size      what tensors may take, such as 6GB; a cell that wants more fails and says who holds what

Exit code 0: done; 1: the notebook cannot be read, failed or was stopped; 2: used wrongly.`,

  async run(args) {
    const { values, positionals } = words(args, {
      set: { type: "string", multiple: true },
      json: { type: "boolean" },
      saved: { type: "boolean" },
      backend: { type: "string" },
      memory: { type: "string" },
    });
    const [named, ...more] = positionals;
    if (named === undefined) throw new Misuse("run takes the notebook to run.");
    if (more.length > 0) throw new Misuse(`run takes one notebook, not ${positionals.length}.`);
    if (!(await stat(named).catch(() => undefined))?.isFile()) throw new Misuse(`There is no file ${resolve(named)}.`);
    const settings = readSettings(values.set ?? []);
    const options = { seed: seedOf(settings), ...backendOf(values.backend), ...memoryOf(values.memory) };

    const file = await realpath(named);
    const [workspace, path] = [dirname(file), basename(file)];
    const read = await readNotebook(file);
    if ("fault" in read) throw new Error(`${named}: ${read.fault}`);
    const bare = reduce(initialState(path), {
      seq: 1,
      time: 0,
      event: { type: "opened", path, cells: read.notebook.cells, inputs: {} },
    });
    const saved = values.saved ? await readInputs(workspace, path) : {};
    const inputs = { ...saved, ...valuesFor(bare, settings) };

    const faults = bare.cells.flatMap((cell) => cell.errors.map((error) => errorLine(cell.cell.id, error)));
    const outcome =
      faults.length > 0
        ? { status: "failed" as const, state: bare, errors: faults }
        : await execute(
            await openSession({ workspace, path, use: { kind: "headless", inputs }, ...options }),
            settings,
          );
    for (const line of outcome.errors) process.stderr.write(`${line}\n`);
    const { status, state } = outcome;
    const runs = Object.values(state.runs).map(({ info: { id, method, folder } }) => ({
      id,
      method,
      folder: join(workspace, folder),
    }));
    const object = { notebook: named, status, runs, results: state.results };
    process.stdout.write(values.json ? `${JSON.stringify(object)}\n` : readable(object));
    return status === "done" ? 0 : 1;
  },
};

/** Runs all cells to their end. An interrupt stops them and keeps what they have. @throws Misuse for a setting that an input does not take */
async function execute(
  session: Session,
  settings: Settings,
): Promise<{ status: Status; state: SessionState; errors: readonly string[] }> {
  const progress = new ProgressLine(process.stderr);
  let misuse: Error | undefined;
  let stopped = false;
  const stop = (): void => {
    if (stopped) return void session.close();
    stopped = true;
    void session.request({ type: "stop" });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const over = new Promise<void>((resolve) => {
    session.subscribe(session.state.seq, (logged) => {
      for (const { event } of logged) {
        if (event.type === "cell-console") for (const { text } of event.lines) progress.say(text);
        else if (event.type === "notice") progress.say(event.text);
        else if (event.type === "input-declared") misuse ??= misuseOf(event, settings);
      }
      progress.show(session.state);
      if (misuse || session.state.cells.every((cell) => cell.status !== "queued" && cell.status !== "running"))
        resolve();
    });
  });
  try {
    await session.request({ type: "run", cells: "all" });
    await over;
  } finally {
    progress.clear();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
  const { state } = session;
  await session.close();
  if (misuse) throw misuse;
  const disabled = (cell: SessionState["cells"][number]): boolean => blockerOf(cell)?.why === "disabled";
  const broken = state.cells.some((cell) => cell.status !== "done" && cell.analysis && !disabled(cell));
  const errors = state.cells.flatMap(({ cell, error, errors }) =>
    [...(error ? [error] : []), ...errors].map((each) => errorLine(cell.id, each)),
  );
  const dead = state.kernel.status === "ended" && !stopped && errors.length === 0 ? [state.kernel.reason] : [];
  return { status: stopped ? "stopped" : broken ? "failed" : "done", state, errors: [...errors, ...dead] };
}

function readable({
  notebook,
  status,
  runs,
  results,
}: {
  notebook: string;
  status: Status;
  runs: readonly { method: string; folder: string }[];
  results: readonly Result[];
}): string {
  const lines = [...runs.map((each) => `${each.method}: ${each.folder}`), `${notebook}: ${status}`];
  return `${resultTable(results)}${lines.join("\n")}\n`;
}

function misuseOf(event: Extract<SessionEvent, { type: "input-declared" }>, settings: Settings): Error | undefined {
  try {
    checkSetting(event, settings);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function errorLine(cell: string, { position, message }: CellError): string {
  return `cell ${cell}${position ? `:${position.line}:${position.column + 1}` : ""} ${message}`;
}
