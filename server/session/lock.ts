/**
 * One server per folder: two of them would overwrite each other's logs. The lock is a file that names the process which holds
 * it. A server that died leaves the file behind, but not the lock: a lock whose process is gone, or whose number now belongs
 * to another process, is taken over.
 */
import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { checked } from "./schema/fault.ts";
import { writeSafely } from "./write-file.ts";

/** Milliseconds after which a lock that is still empty was left by a crash. */
const WRITING_MS = 200;

const holderSchema = v.object({
  pid: v.number(),
  /** When the process started, in the system's own count; empty if that is not known. */
  born: v.string(),
  /** The address of the workbench, without its token. */
  address: v.optional(v.string()),
});
export type Holder = v.InferOutput<typeof holderSchema>;

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

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws Locked if another living process holds the folder; as `node:fs` does if nothing can be written there */
  static async acquire(workspace: string): Promise<FolderLock> {
    const path = join(workspace, ".palimpsest", "lock.json");
    await mkdir(dirname(path), { recursive: true });
    for (;;) {
      const file = await open(path, "wx").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return undefined;
        throw error;
      });
      if (file) {
        try {
          await file.writeFile(printed(own()));
        } finally {
          await file.close();
        }
        return new FolderLock(path);
      }
      // Another process may have created the file a moment ago and not written it yet.
      const holder = (await holderOf(path)) ?? (await delay(WRITING_MS).then(() => holderOf(path)));
      if (holder && isAlive(holder)) throw new Locked(workspace, holder);
      await rm(path, { force: true });
    }
  }

  /** Tells whoever finds the folder locked where the workbench is. */
  async announce(address: string): Promise<void> {
    await writeSafely(this.#path, printed({ ...own(), address }));
  }

  async release(): Promise<void> {
    if ((await holderOf(this.#path))?.pid === process.pid) await rm(this.#path, { force: true });
  }
}

function own(): Holder {
  return { pid: process.pid, born: bornAt(process.pid) ?? "" };
}

function printed(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Undefined for a file that is missing, or that a crash left empty. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const found = checked(holderSchema, JSON.parse(await readFile(path, "utf8")));
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
