import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { bornAt } from "../../../server/session/holder.ts";
import { FolderLock, Locked } from "../../../server/session/lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  return () => rm(folder, { recursive: true, force: true });
});
const path = () => join(folder, ".palimpsest", "lock.json");

it("is held by one at a time, and free again after its release", async () => {
  const lock = await FolderLock.acquire(folder);
  await lock.announce("http://127.0.0.1:4747/");
  await expect(FolderLock.acquire(folder)).rejects.toThrow(
    `Another Palimpsest (process ${process.pid}) works in ${folder} at http://127.0.0.1:4747/. Use that one, or stop it first.`,
  );
  await lock.release();
  expect(await readdir(join(folder, ".palimpsest"))).toEqual([]);
  await (await FolderLock.acquire(folder)).release();
});

it("is taken over from a process that is gone, from another process with its number, and from an empty file", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  await mkdir(join(folder, ".palimpsest"));
  const left = [JSON.stringify({ pid: child.pid, born: "1" }), JSON.stringify({ pid: process.ppid, born: "1" }), ""];
  for (const text of left) {
    await writeFile(path(), text);
    const lock = await FolderLock.acquire(folder);
    expect(JSON.parse(await readFile(path(), "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
  }
});

it.runIf(process.platform === "linux")(
  "is taken over from a killed process whose parent never asks how it ended",
  async () => {
    // The shell's child ends; `sleep`, which the shell becomes, knows nothing of it.
    const parent = spawn("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"]);
    const [pid] = await once(parent.stdout, "data");
    try {
      const stat = () => readFile(`/proc/${Number(pid)}/stat`, "utf8");
      await expect.poll(stat).toContain(") Z ");
      await mkdir(join(folder, ".palimpsest"));
      await writeFile(path(), JSON.stringify({ pid: Number(pid), born: bornAt(Number(pid)) }));
      await (await FolderLock.acquire(folder)).release();
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

it("goes to one of several that find the lock of a dead server at the same moment", async () => {
  await mkdir(join(folder, ".palimpsest"));
  for (let round = 0; round < 20; round += 1) {
    await writeFile(path(), JSON.stringify({ pid: process.ppid, born: "1" }));
    const settled = await Promise.allSettled(Array.from({ length: 2 }, () => FolderLock.acquire(folder)));
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await readdir(join(folder, ".palimpsest"))).toEqual(["lock.json"]);
  }
});

it("is not released by one that no longer holds it", async () => {
  const lock = await FolderLock.acquire(folder);
  await writeFile(path(), JSON.stringify({ pid: process.ppid, born: "" }));
  await lock.release();
  await expect(FolderLock.acquire(folder)).rejects.toBeInstanceOf(Locked);
});
