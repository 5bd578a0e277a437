/**
 * What a headless run needs to go on after it was killed (`palimpsest run --resume <folder>`): which runs it had started and
 * which kernel did the work. One process at a time uses the folder. The report lies there too once the notebook has ended.
 */
import { realpath } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import type { SessionEvent } from "../events.ts";
import { earlierRuns } from "../session/earlier-runs.ts";
import { bornAt, type Holder, isAlive } from "../session/holder.ts";
import { readRegularFile } from "../session/read-file.ts";
import { checked } from "../session/schema/fault.ts";
import type { Session } from "../session/session.ts";
import { makeFolder, writeSafelySync } from "../session/write-file.ts";
import { EntryLock, isHere } from "./entry-lock.ts";

export const LOCK = "lock.json";
export const RESULT = "result.json";
const ATTEMPT = "attempt.json";
/** Milliseconds that a kernel whose command was killed has to end by itself. */
const KERNEL_MS = 10_000;
/** In bytes. */
const LARGEST = 1e6;

const attempt = v.object({
  /** All that were started for this result, by all attempts. */
  runs: v.array(v.string()),
  kernel: v.optional(v.object({ pid: v.number(), born: v.string(), host: v.string() })),
});
type Attempt = v.InferOutput<typeof attempt>;

export class ResumeFolder {
  /** Brings the trainings that were cut off into a new session. */
  readonly earlier: readonly SessionEvent[];
  readonly #folder: string;
  readonly #lock: EntryLock;
  #attempt: Attempt;

  private constructor(folder: string, lock: EntryLock, attempt: Attempt, earlier: readonly SessionEvent[]) {
    this.#folder = folder;
    this.#lock = lock;
    this.#attempt = attempt;
    this.earlier = earlier;
  }

  /** Waits until no other process uses the folder. @param waiting is told once who does */
  static async open(workspace: string, folder: string, waiting: (holder: Holder) => void): Promise<ResumeFolder> {
    await makeFolder(folder);
    const lock = await EntryLock.take(join(folder, LOCK), waiting);
    const { runs, kernel } = (await lastAttempt(folder)) ?? { runs: [] };
    if (kernel) await ended(kernel);
    return new ResumeFolder(folder, lock, { runs }, await earlierRuns(await realpath(workspace), runs));
  }

  /** Writes down what the session starts, at once. */
  watch(session: Session): void {
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
    writeSafelySync(join(this.#folder, RESULT), `${JSON.stringify(report)}\n`);
  }

  release(): Promise<void> {
    return this.#lock.release();
  }

  #note(next: Attempt): void {
    this.#attempt = next;
    writeSafelySync(join(this.#folder, ATTEMPT), `${JSON.stringify(next)}\n`);
  }
}

async function lastAttempt(folder: string): Promise<Attempt | undefined> {
  try {
    const read = checked(
      attempt,
      JSON.parse((await readRegularFile(join(folder, ATTEMPT), { most: LARGEST })).toString()),
    );
    return "value" in read ? read.value : undefined;
  } catch {
    return undefined;
  }
}

/** A kernel ends by itself when its command is gone. Until then it may still write into the folders of its runs. */
async function ended(kernel: NonNullable<Attempt["kernel"]>): Promise<void> {
  if (!isHere(kernel)) return;
  const until = performance.now() + KERNEL_MS;
  while (isAlive(kernel) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  if (isAlive(kernel)) process.kill(kernel.pid, "SIGKILL");
}
