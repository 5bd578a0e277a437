/**
 * One process per entry. On this machine a lock counts as long as its process lives. Machines of a cluster share the folder and
 * do not see each other's processes: the holder touches its file every few seconds, and whoever waits for it takes the lock
 * over when the file has not changed for a while. So the clocks of the machines need not agree. A holder that stalled for so long
 * looks before each touch whether the file is still its own, and learns that it has lost the lock.
 */
import { lstat, rm, stat, utimes } from "node:fs/promises";
import { type Holder, holderOf, type IsHeld, isAlive, isHere, ownHolderHere, takeLock } from "../session/holder.ts";

/** Milliseconds between two touches, and without one until the lock counts as left behind. */
const TOUCH_MS = 5_000;
const LEFT_MS = 30_000;
/** Where only one look is taken, the clocks of two machines may differ by this much. */
const CLOCK_MS = 300_000;
/** Milliseconds between two attempts to take a lock that another process holds. */
const RETRY_MS = 300;

type Times = { readonly leftMs?: number; readonly touchMs?: number };

export class EntryLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  readonly #lost = new AbortController();

  private constructor(path: string, touchMs: number) {
    this.#path = path;
    this.#timer = setInterval(() => void this.#touch().catch(() => undefined), touchMs).unref();
  }

  /** Waits until no other process holds the lock. @param waiting is told once who holds it */
  static async take(
    path: string,
    waiting: (holder: Holder) => void,
    { leftMs = LEFT_MS, touchMs = TOUCH_MS }: Times = {},
  ): Promise<EntryLock> {
    const isHeld = watching(leftMs);
    for (let told = false; ; ) {
      const other = await takeLock(path, ownHolderHere(), isHeld);
      if (!other) return new EntryLock(path, touchMs);
      if (!told) waiting(other);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Aborts when another process has taken the lock over; its reason says which. Then this process must not write there any more. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (isOwn(await holderOf(this.#path))) await rm(this.#path, { force: true });
  }

  async #touch(): Promise<void> {
    const other = await this.#other();
    if (other) {
      clearInterval(this.#timer);
      this.#lost.abort(
        new Error(
          `Process ${other.pid}${other.host === undefined ? "" : ` on ${other.host}`} has taken over ${this.#path}, because this ` +
            "process did not answer for a while. It stops here; the other one goes on.",
        ),
      );
      return;
    }
    const now = new Date();
    await utimes(this.#path, now, now);
  }

  /** Who holds the lock in the place of this process. A file that was removed is written again. */
  async #other(): Promise<Holder | undefined> {
    const holder = await holderOf(this.#path);
    if (holder) return isOwn(holder) ? undefined : holder;
    const isGone = await lstat(this.#path).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
    // A network may fail for a moment.
    return isGone ? await takeLock(this.#path, ownHolderHere(), () => true) : undefined;
  }
}

function isOwn(holder: Holder | undefined): boolean {
  const { pid, born, host } = ownHolderHere();
  return holder?.pid === pid && holder.born === born && holder.host === host;
}

/** The process that holds an entry now. */
export async function livingHolder(path: string): Promise<Holder | undefined> {
  const holder = await holderOf(path);
  if (!holder || isHere(holder)) return holder && isAlive(holder) ? holder : undefined;
  const touched = await stat(path).catch(() => undefined);
  return touched && Date.now() - touched.mtimeMs < LEFT_MS + CLOCK_MS ? holder : undefined;
}

/** Remembers when a file of another machine was last seen to change. */
function watching(leftMs: number): IsHeld {
  let seen = { touched: Number.NaN, at: 0 };
  return async (holder, path) => {
    if (isHere(holder)) return isAlive(holder);
    const found = await stat(path).catch(() => undefined);
    if (!found) return false;
    if (found.mtimeMs !== seen.touched) seen = { touched: found.mtimeMs, at: performance.now() };
    return performance.now() - seen.at < leftMs;
  };
}
