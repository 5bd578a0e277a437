/** The list of runs against real folders: what is found, what changes, and what a user does with runs. */
import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Registry } from "../../../server/registry/registry.ts";
import { SILENT_MS } from "../../../server/registry/scan.ts";
import type { PruneRule } from "../../../server/runs/api.ts";
import type { RunSummary } from "../../../server/runs/types.ts";
import { description } from "../runs/any-run.ts";
import { writeRun } from "./written-run.ts";

let folder: string;
let registry: Registry;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "registry-")));
  registry = new Registry(folder);
});

const listed = async (): Promise<readonly RunSummary[]> => (await registry.list()).runs;
const keys = async (): Promise<readonly string[]> => (await listed()).map(({ key }) => key).sort();
const longAgo = (path: string, ms: number): Promise<void> =>
  utimes(path, new Date(Date.now() - ms), new Date(Date.now() - ms));

describe("the list", () => {
  it("has the runs of the workspace and of the folders in which notebooks were run", async () => {
    const own = await writeRun(folder, { id: "a" });
    const other = await writeRun(folder, { id: "b", folder: "papers/one", notebook: "n.ts" });
    await writeRun(folder, { id: "c", folder: "node_modules/x" });
    expect(await keys()).toEqual([own, other]);
    expect((await listed()).map(({ notebook }) => notebook)).toEqual(["radis.ts", "papers/one/n.ts"]);
  });

  it("passes over what is not a run, and reads nothing through a link or outside of the workspace", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeRun(outside, { id: "secret" });
    const key = await writeRun(folder, { id: "a" });
    const runs = join(folder, ".palimpsest", "runs");
    await symlink(join(outside, ".palimpsest", "runs", "secret"), join(runs, "linked"));
    await symlink(outside, join(folder, "up"));
    await mkdir(join(runs, "empty"));
    await mkdir(join(runs, "broken"));
    await writeFile(join(runs, "broken", "run.json"), '{"id": "broken"');
    await mkdir(join(runs, "foreign"));
    await writeFile(join(runs, "foreign", "run.json"), JSON.stringify({ ...description(), config: 5 }));
    await mkdir(join(runs, "renamed"));
    await writeFile(join(runs, "renamed", "run.json"), JSON.stringify(description({ id: "../../elsewhere" })));
    // A table that is a link is not read; rows that are not rows are left out.
    await rm(join(folder, key, "probes.jsonl"));
    await symlink(join(outside, ".palimpsest", "runs", "secret", "probes.jsonl"), join(folder, key, "probes.jsonl"));
    await writeFile(
      join(folder, key, "rows.jsonl"),
      '[1]\nnull\n{"step":1,"loss":2}\n{"step":2,"loss":"<b>"}\n{"step":3,"lo',
    );
    const [found, renamed, ...others] = await listed();
    expect([renamed?.id, others]).toEqual(["renamed", []]);
    expect(found).toMatchObject({ key, losses: {}, probes: {}, step: 2 });
    expect(found?.curves.loss?.points).toEqual([[1, 2]]);
  });

  it("has the last row and evenly spread points of a table of many megabytes", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => ({ loss: 1 / (i + 1), step: i + 1 }));
    await writeRun(folder, { rows });
    const [found] = await listed();
    expect(found?.step).toBe(60_000);
    const points = found!.curves.loss!.points;
    expect(points.length).toBeGreaterThan(30);
    const gaps = points.slice(1).map(([step], i) => step - points[i]![0]);
    expect(Math.max(...gaps)).toBeLessThan(4000);
  });

  it("has the last value of each probe, however many there are and at whichever steps", async () => {
    const probes = Array.from({ length: 60 }, (_, i) => ({ step: 5 * i, general: i, ...(i === 49 && { chrf: 0.5 }) }));
    for (const length of [50, 51, 52, 60]) {
      await writeRun(folder, { id: `r${length}`, status: "interrupted", probes: probes.slice(0, length) });
      const found = (await listed()).find(({ id }) => id === `r${length}`);
      expect(found?.probes).toEqual({ general: length - 1, chrf: 0.5 });
      expect(found?.curves.forgetting?.points.length).toBe(40);
    }
  });

  it("scans once for all calls that come during a scan", async () => {
    await writeRun(folder, { id: "a" });
    const first = registry.refresh();
    await Promise.resolve();
    const calls = Array.from({ length: 100 }, () => registry.refresh());
    expect(new Set(calls).size).toBe(1);
    await Promise.all([first, ...calls]);
    await writeRun(folder, { id: "b" });
    expect(await keys()).toHaveLength(2);
  });

  it("grows with a run that goes on, and says which runs have changed since a version", async () => {
    await writeRun(folder, { id: "done" });
    const key = await writeRun(folder, { id: "live", status: "running" });
    const { version, epoch } = await registry.list();
    expect(registry.deltaSince(version, epoch)).toMatchObject({ changed: [], removed: [] });
    await appendFile(join(folder, key, "rows.jsonl"), '{"step":3,"loss":2}\n');
    await registry.refresh();
    const delta = registry.deltaSince(version, epoch);
    expect(delta.changed.map(({ id, step }) => [id, step])).toEqual([["live", 3]]);
    await rm(join(folder, key), { recursive: true });
    await registry.refresh();
    expect(registry.deltaSince(delta.version, epoch)).toMatchObject({ changed: [], removed: [key] });
    // A page that knows another start of the server gets everything.
    expect(registry.deltaSince(99, "other").changed).toHaveLength(1);
  });

  it("tells somebody who watches, without being asked", async () => {
    await registry.list();
    const told = new Promise<void>((resolve) => {
      const leave = registry.watch(() => {
        leave();
        resolve();
      });
    });
    await writeRun(folder, { id: "new" });
    await told;
    expect(registry.deltaSince(0, undefined).changed.map(({ id }) => id)).toEqual(["new"]);
  });

  it("knows that a run was interrupted, from its session or since its files have long been silent", async () => {
    const known = new Registry(folder, (notebook, id) =>
      notebook === "radis.ts" && id === "a" ? "interrupted" : undefined,
    );
    await writeRun(folder, { id: "a", status: "running" });
    const silent = await writeRun(folder, { id: "b", status: "running" });
    await writeRun(folder, { id: "c", status: "running" });
    for (const file of ["run.json", "rows.jsonl", "probes.jsonl", "events.jsonl"])
      await longAgo(join(folder, silent, file), SILENT_MS + 1000);
    const found = (await known.list()).runs.map(({ id, status }) => [id, status]);
    expect(found.sort()).toEqual([
      ["a", "interrupted"],
      ["b", "interrupted"],
      ["c", "running"],
    ]);
  });

  it("shows to which record a run belongs, what its certificate says, and runs that only a record has", async () => {
    await writeRun(folder, { id: "kept" });
    const record = join(folder, ".palimpsest", "records", "r1");
    await mkdir(join(record, "runs", "gone"), { recursive: true });
    await writeFile(join(record, "runs", "gone", "rows.jsonl"), '{"step":1,"loss":2}\n');
    const { id: _, notebook, seed, started, ...about } = description();
    const runs = [
      { ...about, id: "kept" },
      { ...about, id: "gone" },
    ];
    await writeFile(join(record, "record.json"), JSON.stringify({ id: "r1", notebook, created: started, seed, runs }));
    const found = (): Promise<unknown[]> => listed().then((all) => all.map(({ id, record: badge }) => [id, badge]));
    const key = ".palimpsest/records/r1";
    expect(await found()).toEqual([
      ["kept", { id: "r1", key }],
      ["gone", { id: "r1", key }],
    ]);
    await writeFile(join(record, "certificate.json"), '{"verdict":"identical","verified":"2026-11-29T13:00:00.000Z"}');
    const badge = { id: "r1", key, verdict: "identical", verified: "2026-11-29T13:00:00.000Z" };
    expect(await found()).toEqual([
      ["kept", badge],
      ["gone", badge],
    ]);
    expect(await registry.records()).toMatchObject([{ ...badge, name: "", runs: 2, status: "running" }]);
    // It was made for the record as it was before a change, or for another one.
    await writeFile(join(record, "record.sha256"), `${"1".repeat(64)}  record.json\n`);
    await writeFile(join(record, "certificate.json"), `{"verdict":"identical","digest":"${"2".repeat(64)}"}`);
    expect(await registry.records()).toMatchObject([{ id: "r1" }]);
    expect((await registry.records())[0]).not.toHaveProperty("verdict");
    // A record that names a place outside of itself is no record.
    const evil = join(folder, ".palimpsest", "records", "r2");
    await mkdir(evil);
    const away = [{ ...about, id: "../../../../../etc" }];
    await writeFile(
      join(evil, "record.json"),
      JSON.stringify({ id: "r2", notebook, created: started, seed, runs: away }),
    );
    expect(await found()).toHaveLength(2);
    const gone = (await listed()).find(({ id }) => id === "gone")!;
    expect(gone).toMatchObject({ key: ".palimpsest/records/r1/runs/gone", losses: { loss: 2 } });
    await expect(registry.delete([gone.key])).rejects.toThrow("part of a record");
  });
});

describe("notes, tags and pins", () => {
  it("are kept in a file, over a restart of the server", async () => {
    const key = await writeRun(folder, {});
    await registry.mark(key, { note: "good", tags: ["paper"], pinned: true });
    const again = await new Registry(folder).list();
    expect(again.runs[0]).toMatchObject({ note: "good", tags: ["paper"], pinned: true });
    await registry.mark(key, { note: "", tags: [], pinned: false });
    expect(JSON.parse(await readFile(join(folder, ".palimpsest", "marks.json"), "utf8"))).toEqual({});
    await expect(registry.mark("../x", { note: "", tags: [], pinned: true })).rejects.toThrow("no run");
  });
});

describe("a file of notes that is not valid", () => {
  it("is not written over", async () => {
    const key = await writeRun(folder, {});
    const path = join(folder, ".palimpsest", "marks.json");
    const text = '<<<<<<< HEAD\n{"a": {"note": "of weeks"';
    await writeFile(path, text);
    await expect(registry.mark(key, { note: "", tags: [], pinned: true })).rejects.toThrow("marks.json is not valid");
    expect(await readFile(path, "utf8")).toBe(text);
    expect(await listed()).toMatchObject([{ key, pinned: false }]);
  });
});

describe("a deletion", () => {
  it("moves the run away, and undo brings it back with its note", async () => {
    const key = await writeRun(folder, { id: "a", folder: "deep" });
    const rows = await readFile(join(folder, key, "rows.jsonl"), "utf8");
    await registry.mark(key, { note: "n", tags: [], pinned: false });
    await registry.delete([key]);
    expect(await keys()).toEqual([]);
    expect(existsSync(join(folder, key))).toBe(false);
    await registry.restore([key]);
    expect(await listed()).toMatchObject([{ key, note: "n" }]);
    expect(await readFile(join(folder, key, "rows.jsonl"), "utf8")).toBe(rows);
  });

  it("is refused as a whole if one run goes on or does not exist", async () => {
    const done = await writeRun(folder, { id: "done" });
    const live = await writeRun(folder, { id: "live", status: "running" });
    await expect(registry.delete([done, live])).rejects.toThrow("live is still running. Stop it first.");
    await expect(registry.delete([done, ".palimpsest/runs/nothing"])).rejects.toThrow("no run");
    expect(await keys()).toEqual([done, live]);
  });

  it("cannot be undone for what is not in the trash, or leads out of it", async () => {
    const key = await writeRun(folder, { id: "a" });
    for (const other of [key, "../.palimpsest/runs/a", "x/../../.palimpsest/runs/a", ".palimpsest/runs/..", ""])
      await expect(registry.restore([other]), other).rejects.toThrow("not in the trash");
    await registry.delete([key]);
    await writeRun(folder, { id: "a" });
    await expect(registry.restore([key])).rejects.toThrow("exists already");
    await expect(registry.delete([key])).rejects.toThrow("in the trash already");
  });
});

it("neither deletion nor pruning follows a link out of the workspace", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  await writeFile(join(outside, "1.safetensors"), "precious");
  const checkpoints = [{ step: 1, marked: false }];
  const key = await writeRun(folder, { checkpoints, ended: "2026-01-01T00:00:00.000Z" });
  await symlink(outside, join(folder, key, "checkpoints"));
  const rule = { olderThanDays: 0, marked: "prune", act: "prune" } as const;
  expect((await registry.prune({ ...rule, what: "checkpoints" })).items).toEqual([]);
  await symlink(outside, join(folder, ".palimpsest", "trash"));
  await expect(registry.delete([key])).rejects.toThrow("is a link to another folder");
  expect((await registry.prune({ ...rule, what: "trash" })).items).toEqual([]);
  expect(await keys()).toEqual([key]);
  expect(await readFile(join(outside, "1.safetensors"), "utf8")).toBe("precious");
});

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
      const key = await writeRun(folder, { id, checkpoints, ended: time });
      await mkdir(join(folder, key, "checkpoints"));
      for (const { step } of checkpoints)
        await writeFile(join(folder, key, "checkpoints", `${step}.safetensors`), "12345");
      return key;
    };
    const [old, pinned, fresh] = [
      await write("old", ended),
      await write("pinned", ended),
      await write("fresh", recently),
    ];
    await registry.mark(pinned, { note: "", tags: [], pinned: true });
    const looked = await registry.prune(rule("checkpoints", { act: "look" }));
    expect(looked).toEqual({ items: [{ name: `${old}/checkpoints`, bytes: 5 }], bytes: 5 });
    const has = (key: string, step: number): boolean =>
      existsSync(join(folder, key, "checkpoints", `${step}.safetensors`));
    expect(has(old, 1)).toBe(true);
    expect(await registry.prune(rule("checkpoints"))).toEqual(looked);
    expect([has(old, 1), has(old, 2), has(pinned, 1), has(fresh, 1)]).toEqual([false, true, true, true]);
    expect(JSON.parse(await readFile(join(folder, old, "run.json"), "utf8")).checkpoints).toEqual([checkpoints[1]]);
    expect((await registry.prune(rule("checkpoints"))).items).toEqual([]);
  });

  it("counts the age of a run without an end from when it last did something, since it may be paused", async () => {
    const key = await writeRun(folder, {
      ...{ id: "paused", status: "running", started: "2026-01-01T00:00:00.000Z", ended: undefined },
    });
    const silentFor = async (ms: number): Promise<void> => {
      for (const file of ["run.json", "rows.jsonl", "probes.jsonl", "events.jsonl"])
        await longAgo(join(folder, key, file), ms);
    };
    await silentFor(2 * SILENT_MS);
    expect((await listed()).map(({ status }) => status)).toEqual(["interrupted"]);
    expect((await registry.prune(rule("runs"))).items).toEqual([]);
    await silentFor(31 * 86_400_000);
    expect((await registry.prune(rule("runs"))).items.map(({ name }) => name)).toEqual([key]);
  });

  it("moves old runs to the trash, and empties the trash for good", async () => {
    const old = await writeRun(folder, { id: "old", ended: "2026-01-01T00:00:00.000Z" });
    const live = await writeRun(folder, { id: "live", status: "running", started: "2026-01-01T00:00:00.000Z" });
    const fresh = await writeRun(folder, { id: "fresh", ended: recently });
    expect((await registry.prune(rule("runs"))).items.map(({ name }) => name)).toEqual([old]);
    expect(await keys()).toEqual([fresh, live].sort());
    expect((await registry.prune(rule("trash"))).items).toEqual([]);
    await registry.restore([old]);
    await registry.prune(rule("runs"));
    expect((await registry.prune(rule("trash", { olderThanDays: 0 }))).items).toHaveLength(1);
    await expect(registry.restore([old])).rejects.toThrow("not in the trash any more");
  });

  it("removes cached results that are old", async () => {
    const cache = join(folder, ".palimpsest", "cache");
    for (const name of ["old", "new"]) {
      await mkdir(join(cache, name), { recursive: true });
      await writeFile(join(cache, name, "seed-1.json"), "123");
    }
    await longAgo(join(cache, "old", "seed-1.json"), 40 * 86_400_000);
    expect(await registry.prune(rule("cache"))).toEqual({
      items: [{ name: ".palimpsest/cache/old", bytes: 3 }],
      bytes: 3,
    });
    expect([existsSync(join(cache, "old")), existsSync(join(cache, "new"))]).toEqual([false, true]);
  });
});
