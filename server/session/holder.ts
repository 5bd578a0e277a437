/**
 * A lock as a file that names the process which holds it. A process that died leaves the file behind, but not the lock: a lock
 * whose process is gone, or whose number now belongs to another process, is taken over.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import * as v from "valibot";
import { readRegularFile } from "./read-file.ts";
import { checked } from "./schema/fault.ts";

const holderSchema = v.object({
  pid: v.number(),
  /** When the process started, in the system's own count; empty if that is not known. */
  born: v.string(),
  /** The address of the workbench, without its token. */
  address: v.optional(v.string()),
  /** The machine, where several share the folder. */
  host: v.optional(v.string()),
});
/** In the folder of a run that goes on: the kernel that works on it. */
export const RUN_HOLDER = "process.json";
/** The most bytes of a file that names a process. */
export const HOLDER_BYTES = 10_000;
export type Holder = v.InferOutput<typeof holderSchema>;

/** Whether the lock in this file is still held. */
export type IsHeld = (holder: Holder, path: string) => boolean | Promise<boolean>;

/**
 * Takes the lock for a process.
 * @returns the process that holds it; undefined if it was taken
 * @throws as `node:fs` does if nothing can be written there
 */
export async function takeLock(
  path: string,
  holder: Holder,
  isHeld: IsHeld = (other) => isAlive(other),
): Promise<Holder | undefined> {
  // A link appears with its content, so nobody sees a lock that is half written.
  const own = besides(path);
  try {
    await writeFile(own, printed(holder), { flag: "wx", mode: 0o600 });
    while (!(await linked(own, path))) {
      const other = await removeStale(path, isHeld);
      if (other) return other;
    }
    return undefined;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Removes a lock whose process is gone. Another process may replace it meanwhile: what was removed is checked again, and put
 * back if it is held.
 * @returns the process that holds it
 */
async function removeStale(path: string, isHeld: IsHeld): Promise<Holder | undefined> {
  const holder = await holderOf(path);
  if (holder && (await isHeld(holder, path))) return holder;
  const removed = besides(path);
  const isGone = await rename(path, removed).then(
    () => false,
    () => true,
  );
  if (isGone) return undefined;
  const last = await holderOf(removed);
  const held = last && (await isHeld(last, removed));
  if (held) await linked(removed, path);
  await rm(removed, { force: true });
  return held ? last : undefined;
}

export function ownHolder(): Holder {
  return { pid: process.pid, born: bornAt(process.pid) ?? "" };
}

/** For files that several machines see. */
export function ownHolderHere(): Holder {
  return { ...ownHolder(), host: hostname() };
}

export function printed(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** Undefined for a file that is missing, or that a crash left empty. */
export async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    return readHolder((await readRegularFile(path, { most: HOLDER_BYTES })).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Undefined for a text that is not a holder. */
export function readHolder(text: string): Holder | undefined {
  try {
    const found = checked(holderSchema, JSON.parse(text));
    return "value" in found ? found.value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process is one of this machine. */
export function isHere({ host }: Pick<Holder, "host">): boolean {
  return host === undefined || host === hostname();
}

/** Whether the process is there, on this machine. */
export function isAlive({ pid, born }: Pick<Holder, "pid" | "born">): boolean {
  if (pid === process.pid) return born === (bornAt(pid) ?? "");
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const { state, born: now = born } = statOf(pid) ?? {};
  return !isOver(state) && (born === "" || (now ?? born) === born);
}

/**
 * Whether the process is there and is certainly the one that wrote the file, so that it may be ended. A folder that came from
 * elsewhere may name any number, but not the moment when a process of this machine started.
 */
export function isCertain(holder: Pick<Holder, "pid" | "born">): boolean {
  return isAlive(holder) && (holder.born !== "" || bornAt(process.pid) === undefined);
}

/** Linux tells when a process started, so that its number is not confused with one given to a later process. */
export function bornAt(pid: number): string | undefined {
  return statOf(pid)?.born;
}

/**
 * A killed process keeps its number until its parent has asked how it ended. In a container whose first process never asks for
 * those that it inherits, that is forever: Z (zombie) and X (dead) in `man proc_pid_stat`.
 */
function isOver(state: string | undefined): boolean {
  return state === "Z" || state === "X";
}

type Stat = { readonly state: string | undefined; readonly born: string | undefined };

function statOf(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], born: fields[19] };
  } catch {
    return undefined;
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
