/** One server per folder: two of them would overwrite each other's logs. `holder.ts` says how a lock works. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Holder, holderOf, ownHolder, printed, takeLock } from "./holder.ts";
import { placeInside } from "./inside.ts";
import { makeFolder, writeSafely } from "./write-file.ts";

/** Milliseconds between two looks at whether the lock is still there. */
const LOOK_MS = 2_000;

/** Thrown when another living server works in the folder. */
export class Locked extends Error {
  readonly holder: Holder;

  constructor(folder: string, holder: Holder) {
    const where = holder.address === undefined ? "" : ` at ${holder.address}`;
    super(`Another Palimpsest (process ${holder.pid}) works in ${folder}${where}. Use that one, or stop it first.`);
    this.holder = holder;
  }
}

export class FolderLock {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * @throws Locked if another living process holds the folder; as `node:fs` does if nothing can be written there; an error if
   * `.palimpsest` leads elsewhere, where a file of this name may be somebody's
   */
  static async acquire(workspace: string): Promise<FolderLock> {
    const path = join(workspace, ".palimpsest", "lock.json");
    if ((await placeInside(workspace, dirname(path))) !== dirname(path))
      throw new Error(`${dirname(path)} leads through a link to another folder`);
    await makeFolder(dirname(path));
    const other = await takeLock(path, ownHolder());
    if (other) throw new Locked(workspace, other);
    return new FolderLock(path);
  }

  /** Tells whoever finds the folder locked where the workbench is; again, if `.palimpsest` is deleted meanwhile. */
  async announce(address: string): Promise<void> {
    const announced = (): Promise<void> => writeSafely(this.#path, printed({ ...ownHolder(), address }));
    await announced();
    this.#timer ??= setInterval(async () => {
      if ((await holderOf(this.#path)) === undefined) await announced().catch(() => undefined);
    }, LOOK_MS).unref();
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if ((await holderOf(this.#path))?.pid === process.pid) await rm(this.#path, { force: true });
  }
}
