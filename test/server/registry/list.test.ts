/** The list of runs against real folders: what is found, and what changes. */
import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { description } from "../runs/any-run.ts";
import { registryStage } from "./registry-stage.ts";
import { writeRun } from "./written-run.ts";

const stage = registryStage();

describe("the list", () => {
  it("has the runs of the workspace and of the folders in which notebooks were run", async () => {
    const own = await writeRun(stage.folder, { id: "a" });
    const other = await writeRun(stage.folder, { id: "b", folder: "papers/one", notebook: "n.ts" });
    await writeRun(stage.folder, { id: "c", folder: "node_modules/x" });
    expect(await stage.keys()).toEqual([own, other]);
    expect((await stage.listed()).map(({ notebook }) => notebook)).toEqual(["radis.ts", "papers/one/n.ts"]);
  });

  it("passes over what is not a run, and reads nothing through a link or outside of the workspace", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeRun(outside, { id: "secret" });
    const key = await writeRun(stage.folder, { id: "a" });
    const runs = join(stage.folder, ".palimpsest", "runs");
    await symlink(join(outside, ".palimpsest", "runs", "secret"), join(runs, "linked"));
    await symlink(outside, join(stage.folder, "up"));
    await mkdir(join(runs, "empty"));
    await mkdir(join(runs, "broken"));
    await writeFile(join(runs, "broken", "run.json"), '{"id": "broken"');
    await mkdir(join(runs, "foreign"));
    await writeFile(join(runs, "foreign", "run.json"), JSON.stringify({ ...description(), config: 5 }));
    await mkdir(join(runs, "renamed"));
    await writeFile(join(runs, "renamed", "run.json"), JSON.stringify(description({ id: "../../elsewhere" })));
    // A table that is a link is not read; rows that are not rows are left out.
    await rm(join(stage.folder, key, "probes.jsonl"));
    await symlink(
      join(outside, ".palimpsest", "runs", "secret", "probes.jsonl"),
      join(stage.folder, key, "probes.jsonl"),
    );
    await writeFile(
      join(stage.folder, key, "rows.jsonl"),
      '[1]\nnull\n{"step":1,"loss":2}\n{"step":2,"loss":"<b>"}\n{"step":3,"lo',
    );
    const [found, renamed, ...others] = await stage.listed();
    expect([renamed?.id, others]).toEqual(["renamed", []]);
    expect(found).toMatchObject({ key, losses: {}, probes: {}, step: 2 });
    expect(found?.curves.loss?.points).toEqual([[1, 2]]);
  });

  it("has the last row and evenly spread points of a table of many megabytes", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => ({ loss: 1 / (i + 1), step: i + 1 }));
    await writeRun(stage.folder, { rows });
    const [found] = await stage.listed();
    expect(found?.step).toBe(60_000);
    const points = found!.curves.loss!.points;
    expect(points.length).toBeGreaterThan(30);
    const gaps = points.slice(1).map(([step], i) => step - points[i]![0]);
    expect(Math.max(...gaps)).toBeLessThan(4000);
  });

  it("has the last value of each probe, however many there are and at whichever steps", async () => {
    const probes = Array.from({ length: 60 }, (_, i) => ({ step: 5 * i, general: i, ...(i === 49 && { chrf: 0.5 }) }));
    for (const length of [50, 51, 52, 60]) {
      await writeRun(stage.folder, { id: `r${length}`, status: "interrupted", probes: probes.slice(0, length) });
      const found = (await stage.listed()).find(({ id }) => id === `r${length}`);
      expect(found?.probes).toEqual({ general: length - 1, chrf: 0.5 });
      expect(found?.curves.forgetting?.points.length).toBe(40);
    }
  });

  it("scans once for all calls that come during a scan", async () => {
    await writeRun(stage.folder, { id: "a" });
    const first = stage.registry.refresh();
    await Promise.resolve();
    const calls = Array.from({ length: 100 }, () => stage.registry.refresh());
    expect(new Set(calls).size).toBe(1);
    await Promise.all([first, ...calls]);
    await writeRun(stage.folder, { id: "b" });
    expect(await stage.keys()).toHaveLength(2);
  });

  it("grows with a run that goes on, and says which runs have changed since a version", async () => {
    await writeRun(stage.folder, { id: "done" });
    const key = await writeRun(stage.folder, { id: "live", status: "running" });
    const { version, epoch } = await stage.registry.list();
    expect(stage.registry.deltaSince(version, epoch)).toMatchObject({ changed: [], removed: [] });
    await appendFile(join(stage.folder, key, "rows.jsonl"), '{"step":3,"loss":2}\n');
    await stage.registry.refresh();
    const delta = stage.registry.deltaSince(version, epoch);
    expect(delta.changed.map(({ id, step }) => [id, step])).toEqual([["live", 3]]);
    await rm(join(stage.folder, key), { recursive: true });
    await stage.registry.refresh();
    expect(stage.registry.deltaSince(delta.version, epoch)).toMatchObject({ changed: [], removed: [key] });
    // A page that knows another start of the server gets everything.
    expect(stage.registry.deltaSince(99, "other").changed).toHaveLength(1);
  });

  it("tells somebody who watches, without being asked", async () => {
    await stage.registry.list();
    const told = new Promise<void>((resolve) => {
      const leave = stage.registry.watch(() => {
        leave();
        resolve();
      });
    });
    await writeRun(stage.folder, { id: "new" });
    await told;
    expect(stage.registry.deltaSince(0, undefined).changed.map(({ id }) => id)).toEqual(["new"]);
  });
});
