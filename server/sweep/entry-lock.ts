/**
 * One process per entry. On this machine a lock counts as long as its process lives. Machines of a cluster share the folder and
 * do not see each other's processes: the holder touches its file every few seconds, and whoever waits for it takes the lock
 * over when the file has not changed for a while. So the clocks of the machines need not agree.
 */
import { rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { type Holder, holderOf, type IsHeld, isAlive, ownHolder, takeLock } from "../session/holder.ts";

/** Milliseconds between two touches, and without one until the lock counts as left behind. */
const TOUCH_MS = 5_000;
const LEFT_MS = 30_000;
/** Where only one look is taken, the clocks of two machines may differ by this much. */
const CLOCK_MS = 300_000;
/** Milliseconds between two attempts to take a lock that another process holds. */
const RETRY_MS = 300;

export class EntryLock {
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string) {
    this.#path = path;
    this.#timer = setInterval(() => {
      const now = new Date();
      void utimes(path, now, now).catch(() => undefined);
    }, TOUCH_MS).unref();
  }

  /** Waits until no other process holds the lock. @param waiting is told once who holds it */
  static async take(path: string, waiting: (holder: Holder) => void, leftMs = LEFT_MS): Promise<EntryLock> {
    const isHeld = watching(leftMs);
    for (let told = false; ; ) {
      const other = await takeLock(path, { ...ownHolder(), host: hostname() }, isHeld);
      if (!other) return new EntryLock(path);
      if (!told) waiting(other);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    const holder = await holderOf(this.#path);
    if (holder?.pid === process.pid && isHere(holder)) await rm(this.#path, { force: true });
  }
}

/** The process that holds an entry now. */
export async function livingHolder(path: string): Promise<Holder | undefined> {
  const holder = await holderOf(path);
  if (!holder || isHere(holder)) return holder && isAlive(holder) ? holder : undefined;
  const touched = await stat(path).catch(() => undefined);
  return touched && Date.now() - touched.mtimeMs < LEFT_MS + CLOCK_MS ? holder : undefined;
}

export function isHere({ host }: Holder): boolean {
  return host === undefined || host === hostname();
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
