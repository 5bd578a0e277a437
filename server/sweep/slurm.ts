/**
 * A sweep on Slurm: one array job for the entries that are left, submitted from a login node whose file system the nodes share.
 * `jobs.json` says which task runs which entry, so the command may be ended and called again: it finds its jobs, shows their
 * states and collects the results. A requeued task runs the same command in the same folder and continues from its checkpoints.
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import { makeFolder, writeSafely } from "../session/write-file.ts";
import { type Entry, nameOf } from "./entries.ts";
import { batchFile, commandLine, slurmPath, TEMPLATE, TEMPLATE_FILE } from "./slurm-batch.ts";
import { type TaskState, taskText } from "./slurm-queue.ts";
import { cancel, submit, tasksOf } from "./slurm-tools.ts";
import type { EntryState, SweepFolder } from "./sweep-folder.ts";

/** In bytes. */
const LARGEST = 20e6;
/** Milliseconds between two looks at the queue: at first, and at most. */
const LOOK_MS = 1_000;
const SLOWEST_MS = 15_000;

/** The place of an entry in the list is the number of its task. */
const jobs = v.array(v.object({ job: v.pipe(v.string(), v.regex(/^\d+$/)), entries: v.array(v.string()) }));
type Jobs = v.InferOutput<typeof jobs>;

export type Submission = {
  /** The real path of the notebook's folder. */
  readonly workspace: string;
  readonly folder: SweepFolder;
  readonly entries: readonly Entry[];
  /** How many run at once; as many as the cluster gives if left out. */
  readonly jobs: number | undefined;
  /** The words of the command that runs an entry. */
  readonly command: (entry: Entry) => readonly string[];
};

/** @returns the number of the job, and the template's path if it was written now */
export async function submitToSlurm(
  order: Submission,
): Promise<{ readonly job: string; readonly template: string | undefined }> {
  const { workspace, folder, entries, command } = order;
  const template = await templateOf(workspace);
  const place = join(folder.path, "jobs");
  await makeFolder(place);
  const name = join(place, new Date().toISOString().replace(/\D/g, ""));
  const lines = entries.map((entry) => commandLine(command(entry), folder.filesOf(entry)));
  const batch = batchFile(template.text, `${name}.commands`);
  for (const entry of entries) await folder.prepare(entry);
  await writeSafely(`${name}.commands`, lines.map((line) => `${line}\n`).join(""));
  await writeSafely(`${name}.sh`, batch);
  const limit = order.jobs === undefined ? "" : `%${order.jobs}`;
  const job = await submit(`${name}.sh`, [
    `--array=0-${entries.length - 1}${limit}`,
    `--chdir=${workspace}`,
    `--output=${slurmPath(place)}/%A_%a.out`,
  ]);
  const all = [...(await jobsOf(folder)), { job, entries: entries.map(({ id }) => id) }];
  await writeSafely(jobsFile(folder), `${JSON.stringify(all)}\n`);
  return { job, template: template.written };
}

export type Task = TaskState & { readonly name: string };

/** The last task of each entry that was submitted, as far as Slurm knows it. @throws if Slurm cannot be asked */
export async function slurmTasks(folder: SweepFolder): Promise<ReadonlyMap<string, Task>> {
  const last = new Map<string, string>();
  for (const { job, entries } of await jobsOf(folder))
    for (const [at, entry] of entries.entries()) last.set(entry, `${job}_${at}`);
  const states = await tasksOf([...new Set([...last.values()].map((name) => name.split("_")[0]!))]);
  return new Map(
    [...last].flatMap(([entry, name]) => {
      const state = states.get(name);
      return state ? [[entry, { ...state, name }] as const] : [];
    }),
  );
}

/** What the files and the queue say together: a report counts, then the queue, then what the files say of the process. */
export function withTask(state: EntryState, task: TaskState | undefined): EntryState {
  if (!task || state.status === "done" || state.status === "failed") return state;
  // A task that ended before its run had begun: Slurm could not start it.
  if (task.kind === "ended")
    return state.status === "missing" && task.state !== "CANCELLED" ? { ...state, status: "failed" } : state;
  return { ...state, status: task.kind };
}

/** @returns how many tasks were cancelled */
export async function cancelOnSlurm(folder: SweepFolder, entries: readonly Pick<Entry, "id">[]): Promise<number> {
  const tasks = await slurmTasks(folder);
  const open = entries.flatMap(({ id }) => {
    const task = tasks.get(id);
    return task && task.kind !== "ended" ? [task.name] : [];
  });
  await cancel(open);
  return open.length;
}

/**
 * Waits until no entry is in the queue or runs. A report may become visible here a moment after Slurm says that its task has
 * ended, so this must be seen twice. @param said is told each change, as a line for the user
 */
export async function waitForSlurm(
  folder: SweepFolder,
  entries: readonly Entry[],
  said: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const told = new Map<string, string>();
  let [fault, quiet] = ["", 0];
  for (let pause = LOOK_MS; !signal.aborted; pause = Math.min(SLOWEST_MS, pause * 1.2)) {
    try {
      const tasks = await slurmTasks(folder);
      let [open, reported] = [0, 0];
      for (const entry of entries) {
        const task = tasks.get(entry.id);
        const { status } = withTask(await folder.stateOf(entry), task);
        if (status === "waiting" || status === "running") open += 1;
        if (status === "done" || status === "failed") reported += 1;
        const text = task && status !== "done" ? `${status}: task ${task.name} ${taskText(task)}` : status;
        if (told.get(entry.id) !== text) said(`${nameOf(entry)}: ${text}`);
        told.set(entry.id, text);
      }
      quiet = open === 0 ? quiet + 1 : 0;
      if (reported === entries.length || quiet === 2) return;
      fault = "";
    } catch (error) {
      const now = error instanceof Error ? error.message : String(error);
      if (now !== fault) said(now);
      fault = now;
    }
    await setTimeout(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function templateOf(workspace: string): Promise<{ readonly text: string; readonly written: string | undefined }> {
  const path = join(workspace, TEMPLATE_FILE);
  try {
    const bytes = await readRegularFile(path, { inside: workspace, most: LARGEST });
    return { text: bytes.toString("utf8"), written: undefined };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    await writeSafely(path, TEMPLATE);
    return { text: TEMPLATE, written: path };
  }
}

function jobsFile(folder: SweepFolder): string {
  return join(folder.path, "jobs.json");
}

async function jobsOf(folder: SweepFolder): Promise<Jobs> {
  try {
    const text = await readRegularFile(jobsFile(folder), { inside: folder.path, most: LARGEST });
    const read = checked(jobs, JSON.parse(text.toString("utf8")));
    return "value" in read ? read.value : [];
  } catch {
    return [];
  }
}
