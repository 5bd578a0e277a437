/** Slurm's command-line tools. While the controller is away each of them waits for seconds, so each has a time limit. */
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { readTasks, SACCT, SQUEUE, type TaskState } from "./slurm-queue.ts";

/** Milliseconds. */
const LIMIT_MS = 30_000;
/** In bytes. */
const OUTPUT = 50e6;

/** @returns the number of the job. @throws saying what Slurm said */
export async function submit(batchFile: string, options: readonly string[]): Promise<string> {
  const said = await tool("sbatch", ["--parsable", ...options, batchFile]);
  // With several clusters, the name of the cluster follows.
  const [job = ""] = said.trim().split(";");
  if (!/^\d+$/.test(job)) throw new Error(`sbatch did not print the number of a job, but "${said.trim()}".`);
  return job;
}

/**
 * The tasks of these jobs. `squeue` forgets jobs some minutes after their end; `sacct` knows them where accounting is on.
 * @throws if `squeue` cannot be asked
 */
export async function tasksOf(jobs: readonly string[]): Promise<ReadonlyMap<string, TaskState>> {
  if (jobs.length === 0) return new Map();
  const queue = readTasks(await tool("squeue", [...SQUEUE, `--user=${userInfo().username}`]));
  const listed = new Set([...queue.keys()].map((task) => task.split("_")[0]));
  const gone = jobs.filter((job) => !listed.has(job));
  const past = gone.length === 0 ? "" : await tool("sacct", [...SACCT, `--jobs=${gone.join(",")}`]).catch(() => "");
  return new Map([...readTasks(past), ...queue]);
}

export async function cancel(tasks: readonly string[]): Promise<void> {
  if (tasks.length > 0) await tool("scancel", tasks);
}

function tool(name: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: LIMIT_MS, maxBuffer: OUTPUT, encoding: "utf8" } as const;
    execFile(name, args, limits, (error, out, err) => {
      if (!error) resolve(out);
      else if ("code" in error && error.code === "ENOENT") reject(new Error(missing(name)));
      else reject(new Error(`${name}: ${err.trim() || (error.killed ? "no answer" : error.message)}`));
    });
  });
}

function missing(name: string): string {
  return `This machine has no ${name}. Call the command on a login node of the cluster, or without --on slurm.`;
}
