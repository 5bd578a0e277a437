/** A folder from elsewhere brings a sweep along. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { cancelled } from "../../server/command/sweep-run.ts";
import { bornAt } from "../../server/session/holder.ts";
import { SweepFolder } from "../../server/sweep/sweep-folder.ts";
import { workspaceOf } from "../server/session/workbench.ts";

const SNAPSHOT = "0123456789abcdef";

it("cancelling ends no process that its files only name", async () => {
  const workspace = await workspaceOf({});
  const folder = await SweepFolder.make(workspace, "n.ts", SNAPSHOT);
  const victim = spawn("sleep", ["60"]);
  await once(victim, "spawn");
  const entry = { id: "e", settings: {}, seed: 1, texts: {} };
  await mkdir(folder.folderOf(entry), { recursive: true });
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  for (const born of ["", "1"]) {
    const holder = JSON.stringify({ pid: victim.pid, born });
    await mkdir(folder.orderFolder("o"), { recursive: true });
    await writeFile(folder.commandOf("o"), holder);
    await writeFile(folder.lockOf(entry), holder);
    await cancelled(folder, [entry]);
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
  }
  await writeFile(folder.lockOf(entry), JSON.stringify({ pid: victim.pid, born: bornAt(victim.pid!) }));
  const ended = once(victim, "exit");
  await cancelled(folder, [entry]);
  expect(await ended).toEqual([null, "SIGTERM"]);
  written.mockRestore();
});

it("nothing is written through a link, and no report is read through one", async () => {
  const [workspace, outside] = await Promise.all([workspaceOf({}), workspaceOf({})]);
  await mkdir(join(workspace, ".palimpsest"), { recursive: true });
  await symlink(outside, join(workspace, ".palimpsest", "sweeps"));
  await expect(SweepFolder.make(workspace, "n.ts", SNAPSHOT)).rejects.toThrow(/leads through a link to another folder/);
  expect(await readdir(outside)).toEqual([]);

  const own = await SweepFolder.make(await workspaceOf({}), "n.ts", SNAPSHOT);
  const entry = { id: "e" };
  await mkdir(own.folderOf(entry));
  await writeFile(join(outside, "result.json"), JSON.stringify({ status: "done", results: [] }));
  await symlink(join(outside, "result.json"), own.filesOf(entry).result);
  expect(await own.stateOf(entry)).toEqual({ status: "missing", results: [], record: null });
  const run = { ...entry, settings: {}, seed: 1, texts: {} };
  await own.prepare(run);
  await symlink(join(outside, "new"), own.logOf(run));
  await expect(own.prepare(run)).rejects.toThrow(/log.txt leads through a link/);
  await symlink(outside, own.folderOf({ id: "f" }));
  await expect(own.prepare({ ...run, id: "f" })).rejects.toThrow(/entries\/f leads through a link/);
  expect(await readdir(outside)).toEqual(["result.json"]);
});

it.each([
  ["not JSON", "{", "missing"],
  ["not a report", '{"status":1}', "missing"],
  ["results that are none", '{"status":"done","results":[{"x":1}]}', "missing"],
  ["a report", '{"status":"done","results":[{"method":"m","x":null,"y":1}],"record":"/r"}', "done"],
])("a result file with %s", async (_, text, status) => {
  const folder = await SweepFolder.make(await workspaceOf({}), "n.ts", SNAPSHOT);
  await mkdir(folder.folderOf({ id: "e" }));
  await writeFile(folder.filesOf({ id: "e" }).result, text);
  expect((await folder.stateOf({ id: "e" })).status).toBe(status);
});
