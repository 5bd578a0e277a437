/** How a sweep is carried out: on this machine or by Slurm, what is left of it, and how it is cancelled. */
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { ownHolderHere, printed } from "../session/holder.ts";
import { writeSafely } from "../session/write-file.ts";
import { cancelSweep } from "../sweep/cancel.ts";
import { onWorkbenchGone } from "../sweep/channel.ts";
import type { Entry } from "../sweep/entries.ts";
import { runLocally } from "../sweep/local.ts";
import { type ReportedEntry, reportedEntry } from "../sweep/report.ts";
import { type Submission, slurmTasks, submitToSlurm, type Task, waitForSlurm, withTask } from "../sweep/slurm.ts";
import type { SweepFolder } from "../sweep/sweep-folder.ts";

const SAVING = "Ending the entries that run; they save checkpoints.";
const LEAVING = "The jobs go on. The same command shows their states and collects the results; --cancel ends them.";

/** Runs what is left on this machine. @param order the name of what was asked for */
export async function onThisMachine(
  run: Pick<Submission, "folder" | "entries" | "jobs" | "command"> & { readonly order: string },
): Promise<void> {
  const { folder, entries, command } = run;
  const tasks = await tasksIn(folder);
  const states = await statesOf(folder, entries, tasks);
  const queued = (entry: Entry): boolean => ["waiting", "running"].includes(tasks.get(entry.id)?.kind ?? "ended");
  const open = entries.filter((entry, at) => states[at]?.status !== "done" && !queued(entry));
  const inQueue = entries.filter(queued).length;
  say(`${entries.length} entries, ${count(states, "done")} of them done: ${shownPath(folder.path)}`);
  if (inQueue > 0) say(`${inQueue} of them are jobs of Slurm and are left to it; --cancel takes them back.`);
  const jobs = run.jobs ?? Math.max(1, Math.floor(availableParallelism() / 2));
  const ownCommand = folder.commandOf(run.order);
  await writeSafely(ownCommand, printed(ownHolderHere()));
  await runLocally({ folder, entries: open, jobs, command, said: say, signal: interrupts(SAVING) });
  await rm(ownCommand, { force: true });
}

/** Submits what is left, and waits for the jobs. @throws if Slurm cannot be asked */
export async function onSlurm(submission: Submission, then: "submit" | "wait"): Promise<void> {
  const { folder, entries } = submission;
  const states = await statesOf(folder, entries, await slurmTasks(folder));
  const open = entries.filter((_, at) => ["failed", "interrupted", "missing"].includes(states[at]?.status ?? ""));
  say(`${entries.length} entries, ${count(states, "done")} of them done: ${shownPath(folder.path)}`);
  if (open.length > 0) {
    const command = (entry: Entry): readonly string[] => [process.execPath, ...submission.command(entry)];
    const { job, template } = await submitToSlurm({ ...submission, entries: open, command });
    if (template !== undefined) say(`${shownPath(template)} is the template of the batch file; change it as you need.`);
    say(`${open.length} entries are submitted as the job ${job}.`);
  }
  if (then === "wait") await waitForSlurm(folder, entries, say, interrupts(LEAVING));
}

function count(states: readonly ReportedEntry[], status: ReportedEntry["status"]): number {
  return states.filter((state) => state.status === status).length;
}

export async function statesOf(
  folder: SweepFolder,
  entries: readonly Entry[],
  tasks: ReadonlyMap<string, Task>,
): Promise<readonly ReportedEntry[]> {
  return Promise.all(
    entries.map(async (entry) => reportedEntry(entry, withTask(await folder.stateOf(entry), tasks.get(entry.id)))),
  );
}

/** What Slurm cannot say does not hide what the files say. */
export function tasksIn(folder: SweepFolder): Promise<ReadonlyMap<string, Task>> {
  return slurmTasks(folder).catch((error: Error) => {
    say(error.message);
    return new Map();
  });
}

/** Cancels what runs of the entries, and says what that was. */
export async function cancelled(folder: SweepFolder, entries: readonly Entry[]): Promise<void> {
  const commands = (await folder.orders()).map((order) => folder.commandOf(order));
  const { tasks, running, left } = await cancelSweep(folder, entries, commands);
  if (tasks > 0) say(`${tasks === 1 ? "One task" : `${tasks} tasks`} of Slurm cancelled.`);
  if (running > 0 || tasks === 0)
    say(`Entries that were running here: ${running}.${left > 0 ? ` Not ended yet: ${left}.` : ""}`);
}

/** The first signal ends the sweep, the second one at once. @param text what the first one means, for the user */
function interrupts(text: string): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    say(text);
    controller.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  onWorkbenchGone(stop);
  return controller.signal;
}

/** Relative to the present folder, if it is below. */
function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
