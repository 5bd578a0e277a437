/** Runs are deleted, and come back. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("a deletion", () => {
  it("moves the run away, and undo brings it back with its note", async () => {
    const key = await writeRun(stage.folder, { id: "a", folder: "deep" });
    const rows = await readFile(join(stage.folder, key, "rows.jsonl"), "utf8");
    await stage.registry.mark(key, { note: "n", tags: [], pinned: false });
    await stage.registry.delete([key]);
    expect(await stage.keys()).toEqual([]);
    expect(existsSync(join(stage.folder, key))).toBe(false);
    await stage.registry.restore([key]);
    expect(await stage.listed()).toMatchObject([{ key, note: "n" }]);
    expect(await readFile(join(stage.folder, key, "rows.jsonl"), "utf8")).toBe(rows);
  });

  it("is refused as a whole if one run goes on or does not exist", async () => {
    const done = await writeRun(stage.folder, { id: "done" });
    const live = await writeRun(stage.folder, { id: "live", status: "running" });
    await expect(stage.registry.delete([done, live])).rejects.toThrow("live is still running. Stop it first.");
    await expect(stage.registry.delete([done, ".palimpsest/runs/nothing"])).rejects.toThrow("no run");
    expect(await stage.keys()).toEqual([done, live]);
  });

  it("cannot be undone for what is not in the trash, or leads out of it", async () => {
    const key = await writeRun(stage.folder, { id: "a" });
    for (const other of [key, "../.palimpsest/runs/a", "x/../../.palimpsest/runs/a", ".palimpsest/runs/..", ""])
      await expect(stage.registry.restore([other]), other).rejects.toThrow("not in the trash");
    await stage.registry.delete([key]);
    await writeRun(stage.folder, { id: "a" });
    await expect(stage.registry.restore([key])).rejects.toThrow("exists already");
    await expect(stage.registry.delete([key])).rejects.toThrow("in the trash already");
  });
});

it("neither deletion nor pruning follows a link out of the workspace", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  await writeFile(join(outside, "1.safetensors"), "precious");
  const checkpoints = [{ step: 1, marked: false }];
  const key = await writeRun(stage.folder, { checkpoints, ended: "2026-01-01T00:00:00.000Z" });
  await symlink(outside, join(stage.folder, key, "checkpoints"));
  const rule = { olderThanDays: 0, marked: "prune", act: "prune" } as const;
  expect((await stage.registry.prune({ ...rule, what: "checkpoints" })).items).toEqual([]);
  await symlink(outside, join(stage.folder, ".palimpsest", "trash"));
  await expect(stage.registry.delete([key])).rejects.toThrow("is a link to another folder");
  expect((await stage.registry.prune({ ...rule, what: "trash" })).items).toEqual([]);
  expect(await stage.keys()).toEqual([key]);
  expect(await readFile(join(outside, "1.safetensors"), "utf8")).toBe("precious");
});
