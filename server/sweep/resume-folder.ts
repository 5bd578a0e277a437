/**
 * What a headless run needs to go on after it was killed (`palimpsest run --resume <folder>`): which runs it had started and
 * which kernel did the work. One process at a time uses the folder. The report lies there too once the notebook has ended.
 */
import { realpath, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import type { SessionEvent } from "../events.ts";
import { earlierRuns } from "../session/earlier-runs.ts";
import { bornAt, type Holder, isAlive, isCertain, isHere } from "../session/holder.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import type { Session } from "../session/session.ts";
import { makeFolder, writeSafelySync } from "../session/write-file.ts";
import { EntryLock } from "./entry-lock.ts";

export const LOCK = "lock.json";
export const RESULT = "result.json";
const ATTEMPT = "attempt.json";
/** Milliseconds that a kernel whose command was killed has to end by itself. */
const KERNEL_MS = 10_000;
/** In bytes. */
const LARGEST = 20e6;

const attempt = v.object({
  /** All that were started for this result, by all attempts. */
  runs: v.array(v.string()),
  kernel: v.optional(v.object({ pid: v.number(), born: v.string(), host: v.string() })),
});
type Attempt = v.InferOutput<typeof attempt>;

const report = v.looseObject({ status: v.string() });
type Finished = v.InferOutput<typeof report>;

export class ResumeFolder {
  /** Brings the trainings that were cut off into a new session. */
  readonly earlier: readonly SessionEvent[];
  /** The report of another process that has ended the notebook while this one waited for it. */
  readonly finished: Finished | undefined;
  readonly #folder: string;
  readonly #lock: EntryLock;
  #attempt: Attempt;

  private constructor(
    folder: string,
    lock: EntryLock,
    attempt: Attempt,
    found: Pick<ResumeFolder, "earlier" | "finished">,
  ) {
    this.#folder = folder;
    this.#lock = lock;
    this.#attempt = attempt;
    this.earlier = found.earlier;
    this.finished = found.finished;
  }

  /** Waits until no other process uses the folder. @param waiting is told once who does */
  static async open(workspace: string, folder: string, waiting: (holder: Holder) => void): Promise<ResumeFolder> {
    await makeFolder(folder);
    let waited = false;
    const lock = await EntryLock.take(join(folder, LOCK), (holder) => {
      waited = true;
      waiting(holder);
    });
    const found = checked(report, waited ? await readJson(join(folder, RESULT)) : undefined);
    const { runs, kernel } = (await lastAttempt(folder)) ?? { runs: [] };
    if (kernel) await ended(kernel);
    const earlier = await earlierRuns(await realpath(workspace), runs);
    return new ResumeFolder(
      folder,
      lock,
      { runs },
      {
        earlier,
        finished: "value" in found ? found.value : undefined,
      },
    );
  }

  /** Aborts when another process has taken the folder over. The kernel is killed at once, since it writes into the runs' folders. */
  get lost(): AbortSignal {
    return this.#lock.lost;
  }

  /** Writes down what the session starts, at once. */
  watch(session: Session): void {
    this.lost.addEventListener("abort", () => {
      const { kernel } = this.#attempt;
      if (kernel && isCertain(kernel)) process.kill(kernel.pid, "SIGKILL");
    });
    session.subscribe((logged) => {
      for (const { event } of logged) {
        if (event.type === "kernel-ready") {
          const { pid } = event;
          this.#note({ ...this.#attempt, kernel: { pid, born: bornAt(pid) ?? "", host: hostname() } });
        } else if (event.type === "run-started" && !this.#attempt.runs.includes(event.run.id)) {
          this.#note({ ...this.#attempt, runs: [...this.#attempt.runs, event.run.id] });
        }
      }
    });
  }

  /** The notebook has ended: nothing is left to go on with. */
  finish(report: object): void {
    if (!this.lost.aborted) writeSafelySync(join(this.#folder, RESULT), `${JSON.stringify(report)}\n`);
  }

  release(): Promise<void> {
    return this.#lock.release();
  }

  #note(next: Attempt): void {
    this.#attempt = next;
    if (!this.lost.aborted) writeSafelySync(join(this.#folder, ATTEMPT), `${JSON.stringify(next)}\n`);
  }
}

/** Whether a run has begun there. */
export async function wasStarted(folder: string): Promise<boolean> {
  return (await lastAttempt(folder)) !== undefined;
}

async function lastAttempt(folder: string): Promise<Attempt | undefined> {
  const read = checked(attempt, await readJson(join(folder, ATTEMPT)));
  return "value" in read ? read.value : undefined;
}

/** The next run in the folder does not go on from earlier ones. */
export async function forgetRuns(folder: string): Promise<void> {
  await rm(join(folder, ATTEMPT), { force: true });
}

/** @returns undefined for a file that is missing, or that a crash left empty */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readRegularFile(path, { most: LARGEST })).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** A kernel ends by itself when its command is gone. Until then it may still write into the folders of its runs. */
async function ended(kernel: NonNullable<Attempt["kernel"]>): Promise<void> {
  if (!isHere(kernel)) return;
  const until = performance.now() + KERNEL_MS;
  while (isAlive(kernel) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  if (isCertain(kernel)) process.kill(kernel.pid, "SIGKILL");
}
