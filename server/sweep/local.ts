/**
 * Runs the entries of a sweep on this machine, several at once, each as a process of its own. The processes are in groups of
 * their own: Ctrl-C reaches the sweep alone, which asks them to save checkpoints and to end. If the sweep is killed, they go on
 * and finish their entries; the next call waits for them instead of starting them twice.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import * as timers from "node:timers/promises";
import { type Entry, nameOf } from "./entries.ts";
import { livingHolder } from "./entry-lock.ts";
import type { SweepFolder } from "./sweep-folder.ts";

/** Milliseconds between two looks at an entry that another process runs. */
const LOOK_MS = 300;
/** Milliseconds that an entry has to save its checkpoints and end. */
const GRACE_MS = 20_000;

export type LocalRun = {
  readonly folder: SweepFolder;
  readonly entries: readonly Entry[];
  /** How many run at once. */
  readonly jobs: number;
  /** The arguments after `node`. */
  readonly command: (entry: Entry) => readonly string[];
  /** Is told each step, as a line for the user. */
  readonly said: (line: string) => void;
  /** Ends the sweep: no further entries, and those that run are asked to end. */
  readonly signal: AbortSignal;
};

export async function runLocally({ folder, entries, jobs, command, said, signal }: LocalRun): Promise<void> {
  const waiting = [...entries.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const [at, entry] = next;
      const label = `[${at + 1}/${entries.length}] ${nameOf(entry)}`;
      const started = performance.now();
      await othersEnd(folder, entry, signal, (text) => said(`${label}: ${text}`));
      if (signal.aborted) return;
      if ((await folder.stateOf(entry)).status === "done") {
        said(`${label}: done by another process`);
        continue;
      }
      await folder.prepare(entry);
      said(`${label}: started`);
      const ending = await ended(launched(folder, entry, command(entry)), signal);
      const { status } = await folder.stateOf(entry);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      const why = status === "done" ? "" : `${ending}; see ${folder.logOf(entry)}`;
      said(`${label}: ${status} after ${seconds} s${why}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, entries.length) }, work));
}

/** Waits for a process that an earlier call has left behind, or that another call has started. */
async function othersEnd(
  folder: SweepFolder,
  entry: Entry,
  signal: AbortSignal,
  said: (text: string) => void,
): Promise<void> {
  for (let told = false; !signal.aborted; told = true) {
    const holder = await livingHolder(folder.lockOf(entry));
    if (!holder) return;
    if (!told) said(`process ${holder.pid} of another call runs it; waiting for its end`);
    await timers.setTimeout(LOOK_MS);
  }
}

function launched(folder: SweepFolder, entry: Entry, command: readonly string[]): ChildProcess {
  const log = openSync(folder.logOf(entry), "a", 0o600);
  try {
    writeSync(log, `--- ${nameOf(entry)}, ${new Date().toISOString()}\n`);
    return spawn(process.execPath, command, { stdio: ["ignore", "ignore", log], detached: true });
  } finally {
    closeSync(log);
  }
}

/** @returns how it ended, as a part of a sentence */
async function ended(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill("SIGTERM");
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  const ending = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(` (it could not be started: ${error.message})`));
    child.once("exit", (code, by) => resolve(by ? ` (${by})` : ` (exit code ${code})`));
  });
  signal.removeEventListener("abort", end);
  clearTimeout(timer);
  return ending;
}
