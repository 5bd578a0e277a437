/** Ends a sweep: the command that starts its entries, the entries that run on this machine, and its tasks of Slurm. */
import { setTimeout } from "node:timers/promises";
import { type Holder, holderOf, isAlive, isCertain, isHere } from "../session/holder.ts";
import { livingHolder } from "./entry-lock.ts";
import { cancelOnSlurm } from "./slurm.ts";
import type { SweepFolder } from "./sweep-folder.ts";

/** Milliseconds that entries have to save their checkpoints and to end. */
const CANCEL_MS = 25_000;

export type Cancelled = {
  /** Of Slurm. */
  readonly tasks: number;
  /** Entries that ran here, and those of them that have not ended yet. */
  readonly running: number;
  readonly left: number;
};

/**
 * Asks all of it to end, and waits for what runs here.
 * @param commands the files that name the commands
 * @throws if Slurm has tasks and cannot be asked
 */
export async function cancelSweep(
  folder: SweepFolder,
  entries: readonly { readonly id: string }[],
  commands: readonly string[],
): Promise<Cancelled> {
  const tasks = await cancelOnSlurm(folder, entries);
  const locks = await Promise.all(entries.map((entry) => livingHolder(folder.lockOf(entry))));
  const running = locks.flatMap((holder) => (holder && isHere(holder) && isCertain(holder) ? [holder] : []));
  const holders = await Promise.all(commands.map(holderOf));
  // A sweep that ends asks its entries itself: a second signal would end these without checkpoints.
  await end(holders.flatMap((holder) => (holder && isHere(holder) && isCertain(holder) ? [holder] : [])));
  await end(running.filter(isAlive));
  return { tasks, running: running.length, left: running.filter(isAlive).length };
}

/** Asks processes to end, and waits for them. */
async function end(processes: readonly Holder[]): Promise<void> {
  for (const { pid } of processes) ask(pid);
  const until = performance.now() + CANCEL_MS;
  while (processes.some(isAlive) && performance.now() < until) await setTimeout(200);
}

function ask(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}
