/**
 * One server per folder: two of them would overwrite each other's logs. The lock is a file that names the process which holds
 * it. A server that died leaves the file behind, but not the lock: a lock whose process is gone, or whose number now belongs
 * to another process, is taken over.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { placeInside } from "./inside.ts";
import { readRegularFile } from "./read-file.ts";
import { checked } from "./schema/fault.ts";
import { makeFolder, writeSafely } from "./write-file.ts";

const holderSchema = v.object({
  pid: v.number(),
  /** When the process started, in the system's own count; empty if that is not known. */
  born: v.string(),
  /** The address of the workbench, without its token. */
  address: v.optional(v.string()),
});
export type Holder = v.InferOutput<typeof holderSchema>;

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
    // A link appears with its content, so nobody sees a lock that is half written.
    const own = besides(path);
    try {
      await writeFile(own, printed(ownHolder()), { flag: "wx", mode: 0o600 });
      while (!(await linked(own, path))) await removeStale(path, workspace);
      return new FolderLock(path);
    } finally {
      await rm(own, { force: true });
    }
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

function besides(path: string): string {
  return `${path}.${randomBytes(6).toString("hex")}`;
}

/** @returns false if there is a lock already */
async function linked(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a lock whose process is gone. Another server may replace it meanwhile: what was removed is checked again, and put
 * back if it is held.
 * @throws Locked if it is held
 */
async function removeStale(path: string, workspace: string): Promise<void> {
  const holder = await holderOf(path);
  if (holder && isAlive(holder)) throw new Locked(workspace, holder);
  const removed = besides(path);
  const isGone = await rename(path, removed).then(
    () => false,
    () => true,
  );
  if (isGone) return;
  const last = await holderOf(removed);
  if (last && isAlive(last)) await linked(removed, path);
  await rm(removed, { force: true });
  if (last && isAlive(last)) throw new Locked(workspace, last);
}

function ownHolder(): Holder {
  return { pid: process.pid, born: bornAt(process.pid) ?? "" };
}

function printed(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Undefined for a file that is missing, or that a crash left empty. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const found = checked(holderSchema, JSON.parse((await readRegularFile(path, { most: 10_000 })).toString("utf8")));
    return "value" in found ? found.value : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, born }: Holder): boolean {
  if (pid === process.pid) return born === (bornAt(pid) ?? "");
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return born === "" || (bornAt(pid) ?? born) === born;
}

/** Linux tells when a process started, so that its number is not confused with one given to a later process. */
function bornAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
