/** One process per entry, also across machines that do not see each other's processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bornAt, type Holder } from "../../../server/session/holder.ts";
import { EntryLock, livingHolder } from "../../../server/sweep/entry-lock.ts";

async function lockPath(holder?: Holder): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "entry-")), "lock.json");
  if (holder) await writeFile(path, JSON.stringify(holder));
  return path;
}

it("waits for a living process, says once for which, and takes the lock when that process is gone", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const path = await lockPath({ pid: child.pid!, born: bornAt(child.pid!) ?? "" });
  expect(await livingHolder(path)).toMatchObject({ pid: child.pid });
  const told: Holder[] = [];
  const taking = EntryLock.take(path, (holder) => void told.push(holder));
  const first = await Promise.race([taking, new Promise((resolve) => setTimeout(resolve, 700, "waits"))]);
  expect(first).toBe("waits");
  child.kill("SIGKILL");
  const lock = await taking;
  expect(told.map(({ pid }) => pid)).toEqual([child.pid]);
  expect(JSON.parse(await readFile(path, "utf8")).pid).toBe(process.pid);
  await lock.release();
  expect(await livingHolder(path)).toBeUndefined();
});

it("takes a lock at once whose process is gone, or whose number belongs to a later process", async () => {
  for (const holder of [
    { pid: 2 ** 22 + 1, born: "1" },
    { pid: process.ppid, born: "1" },
  ]) {
    const path = await lockPath(holder);
    const told: Holder[] = [];
    await (await EntryLock.take(path, (other) => void told.push(other))).release();
    expect(told).toEqual([]);
  }
});

it("takes the lock of another machine only after its file has not changed for a while", async () => {
  const path = await lockPath({ pid: process.pid, born: "", host: "another-machine" });
  let touched = 0;
  const touching = setInterval(() => {
    // The clock of that machine is an hour behind.
    const then = new Date(Date.now() - 3_600_000);
    touched = performance.now();
    void utimes(path, then, then);
  }, 100);
  const taking = EntryLock.take(path, () => undefined, { leftMs: 1000 });
  setTimeout(() => clearInterval(touching), 1500);
  const lock = await taking;
  expect(performance.now() - touched).toBeGreaterThan(600);
  await lock.release();
});

it("tells a holder that stalled who has taken its lock over, and leaves the file to that one", async () => {
  const path = await lockPath();
  const lock = await EntryLock.take(path, () => undefined, { touchMs: 30 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(lock.lost.aborted).toBe(false);
  const other = JSON.stringify({ pid: 77, born: "1", host: "another-machine" });
  await writeFile(path, other);
  await once(lock.lost, "abort");
  expect(String(lock.lost.reason)).toContain("Process 77 on another-machine has taken over");
  await lock.release();
  expect(await readFile(path, "utf8")).toBe(other);
});

it("writes its file again if somebody removed it", async () => {
  const path = await lockPath();
  const lock = await EntryLock.take(path, () => undefined, { touchMs: 30 });
  await rm(path);
  await expect.poll(() => readFile(path, "utf8").catch(() => "")).toContain(`"pid":${process.pid}`);
  expect(lock.lost.aborted).toBe(false);
  await lock.release();
});
