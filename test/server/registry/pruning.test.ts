/** Disk space is freed by a rule. */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SILENT_MS } from "../../../server/registry/scan.ts";
import type { PruneRule } from "../../../server/runs/api.ts";
import { longAgo, registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("pruning", () => {
  const rule = (what: PruneRule["what"], given: Partial<PruneRule> = {}): PruneRule => ({
    what,
    olderThanDays: 30,
    marked: "keep",
    act: "prune",
    ...given,
  });
  const recently = new Date().toISOString();

  it("removes the checkpoints of old runs but permanent ones, and run.json no longer lists them", async () => {
    const checkpoints = [
      { step: 1, marked: false },
      { step: 2, marked: true },
    ];
    const ended = "2026-01-01T00:00:00.000Z";
    const write = async (id: string, time: string): Promise<string> => {
      const key = await writeRun(stage.folder, { id, checkpoints, ended: time });
      await mkdir(join(stage.folder, key, "checkpoints"));
      for (const { step } of checkpoints)
        await writeFile(join(stage.folder, key, "checkpoints", `${step}.safetensors`), "12345");
      return key;
    };
    const [old, pinned, fresh] = [
      await write("old", ended),
      await write("pinned", ended),
      await write("fresh", recently),
    ];
    await stage.registry.mark(pinned, { note: "", tags: [], pinned: true });
    const looked = await stage.registry.prune(rule("checkpoints", { act: "look" }));
    expect(looked).toEqual({ items: [{ name: `${old}/checkpoints`, bytes: 5 }], bytes: 5 });
    const has = (key: string, step: number): boolean =>
      existsSync(join(stage.folder, key, "checkpoints", `${step}.safetensors`));
    expect(has(old, 1)).toBe(true);
    expect(await stage.registry.prune(rule("checkpoints"))).toEqual(looked);
    expect([has(old, 1), has(old, 2), has(pinned, 1), has(fresh, 1)]).toEqual([false, true, true, true]);
    expect(JSON.parse(await readFile(join(stage.folder, old, "run.json"), "utf8")).checkpoints).toEqual([
      checkpoints[1],
    ]);
    expect((await stage.registry.prune(rule("checkpoints"))).items).toEqual([]);
  });

  it("counts the age of a run without an end from when it last did something, since it may be paused", async () => {
    const key = await writeRun(stage.folder, {
      ...{ id: "paused", status: "running", started: "2026-01-01T00:00:00.000Z", ended: undefined },
    });
    const silentFor = async (ms: number): Promise<void> => {
      for (const file of ["run.json", "rows.jsonl", "probes.jsonl", "events.jsonl"])
        await longAgo(join(stage.folder, key, file), ms);
    };
    await silentFor(2 * SILENT_MS);
    expect((await stage.listed()).map(({ status }) => status)).toEqual(["interrupted"]);
    expect((await stage.registry.prune(rule("runs"))).items).toEqual([]);
    await silentFor(31 * 86_400_000);
    expect((await stage.registry.prune(rule("runs"))).items.map(({ name }) => name)).toEqual([key]);
  });

  it("moves old runs to the trash, and empties the trash for good", async () => {
    const old = await writeRun(stage.folder, { id: "old", ended: "2026-01-01T00:00:00.000Z" });
    const live = await writeRun(stage.folder, { id: "live", status: "running", started: "2026-01-01T00:00:00.000Z" });
    const fresh = await writeRun(stage.folder, { id: "fresh", ended: recently });
    expect((await stage.registry.prune(rule("runs"))).items.map(({ name }) => name)).toEqual([old]);
    expect(await stage.keys()).toEqual([fresh, live].sort());
    expect((await stage.registry.prune(rule("trash"))).items).toEqual([]);
    await stage.registry.restore([old]);
    await stage.registry.prune(rule("runs"));
    expect((await stage.registry.prune(rule("trash", { olderThanDays: 0 }))).items).toHaveLength(1);
    await expect(stage.registry.restore([old])).rejects.toThrow("not in the trash any more");
  });

  it("removes cached results that are old", async () => {
    const cache = join(stage.folder, ".palimpsest", "cache");
    for (const name of ["old", "new"]) {
      await mkdir(join(cache, name), { recursive: true });
      await writeFile(join(cache, name, "seed-1.json"), "123");
    }
    await longAgo(join(cache, "old", "seed-1.json"), 40 * 86_400_000);
    expect(await stage.registry.prune(rule("cache"))).toEqual({
      items: [{ name: ".palimpsest/cache/old", bytes: 3 }],
      bytes: 3,
    });
    expect([existsSync(join(cache, "old")), existsSync(join(cache, "new"))]).toEqual([false, true]);
  });
});
