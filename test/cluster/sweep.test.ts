/**
 * A sweep on a real Slurm: submitted, a node lost in the middle, requeued, finished, with the results of a sweep that ran on this
 * machine. It takes a minute or two, most of it until the controller gives the node up.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Workspace } from "../../server/workspace.ts";
import {
  comparable,
  entriesIn,
  filesOf,
  gridOf,
  keyOf,
  keysOf,
  restartsOf,
  startSweep,
  type Training,
  tinyNotebook,
  trainingsIn,
} from "../server/sweep/tiny-sweep.ts";
import { until } from "../server/until.ts";
import { slurmIsThere, TestSlurm } from "./slurm.ts";

const GRID = gridOf(2);

const isThere = slurmIsThere();
if (!isThere) console.warn("Slurm is not installed (Debian: slurm-wlm), so the cluster tests are skipped.");

describe.skipIf(!isThere)("a sweep on Slurm", () => {
  let slurm: TestSlurm;
  beforeAll(async () => {
    slurm = await TestSlurm.start();
  }, 60_000);
  afterAll(() => slurm.stop());

  const onSlurm = (folder: string, ...args: string[]) =>
    startSweep(folder, ["--on", "slurm", ...args], slurm.env).ended;

  it("goes on after a node was lost, without running anything twice, and has the results of a local one", async () => {
    const [folder, local] = await Promise.all([tinyNotebook(200, 10), tinyNotebook(200, 10)]);
    const submitted = await onSlurm(folder, ...GRID, "--no-wait");
    expect(submitted.code).toBe(1);
    expect(entriesIn(submitted).map(keyOf)).toEqual(keysOf(2));
    for (const { status } of entriesIn(submitted)) expect(["waiting", "running"]).toContain(status);
    expect(existsSync(join(folder, "palimpsest-slurm.sh"))).toBe(true);

    const onNode = (): string[] => slurm.tool("squeue", "-h", "-r", "-t", "running", "-w", "node0", "-o", "%i");
    const tasks = async (): Promise<readonly Training[]> => {
      const names = new Set(onNode());
      const jobs = JSON.parse(await readFile(join(JSON.parse(submitted.out).sweep, "jobs.json"), "utf8"));
      const ids = new Set(jobs[0].entries.filter((_: string, at: number) => names.has(`${jobs[0].job}_${at}`)));
      return (await trainingsIn(folder)).filter(({ id }) => ids.has(id));
    };
    let open: readonly Training[] = [];
    await until(async () => {
      open = await withCheckpoints(await tasks());
      return open.length === 2;
    }, 90);
    // The node's daemon dies, and one of its two tasks with it; the other goes on unseen.
    slurm.killDaemon("node0");
    const [cut, left] = open as [Training, Training];
    for (const pid of [parentOf(cut.pid), cut.pid]) process.kill(pid, "SIGKILL");

    const releasing = setInterval(() => slurm.releaseRequeued(), 2000);
    const [ended, reference] = await Promise.all([
      onSlurm(folder, ...GRID),
      startSweep(local, [...GRID, "--jobs", "2"]).ended,
    ]);
    clearInterval(releasing);
    expect([ended.code, reference.code]).toEqual([0, 0]);
    expect(comparable(entriesIn(ended))).toEqual(comparable(entriesIn(reference)));

    const { sweep } = JSON.parse(ended.out);
    expect(JSON.parse(await readFile(join(sweep, "jobs.json"), "utf8"))).toHaveLength(1);
    const logs = await filesOf(folder, "log.txt");
    expect(logs.get(cut.id)).toContain("restart 1");
    expect(await restartsOf(cut.run)).toBe(1);
    expect(await restartsOf(left.run)).toBe(0);
    const others = [...logs].filter(([id]) => id !== cut.id && id !== left.id);
    for (const [, log] of others) expect(log.match(/^--- job/gm)).toHaveLength(1);

    // Nothing is left to submit.
    const again = await onSlurm(folder, ...GRID);
    expect(entriesIn(again)).toEqual(entriesIn(ended));
    expect(again.err).not.toContain("submitted");
  }, 240_000);

  it("is cancelled with checkpoints, runs what the user's template says, and goes on with the same command", async () => {
    const folder = await tinyNotebook(300, 20);
    const grid = ["--grid", "rank=3", "--seeds", "2"];
    await onSlurm(folder, ...grid, "--no-wait");
    await until(async () => (await withCheckpoints(await trainingsIn(folder))).length === 2, 60);
    const runs = (await trainingsIn(folder)).map(({ run }) => run);
    const cancelled = await onSlurm(folder, ...grid, "--cancel");
    expect(cancelled.err).toContain("2 tasks of Slurm cancelled");
    await until(() => slurm.tool("squeue", "-h", "-t", "running,completing,pending").length === 0, 30);
    const states = entriesIn(await onSlurm(folder, ...grid, "--status")).map(({ status }) => status);
    expect(states).toEqual(["interrupted", "interrupted"]);

    const template = join(folder, "palimpsest-slurm.sh");
    execFileSync("sed", ["-i", "s/^# One line per entry.*/echo from the template/", template]);
    const ended = await onSlurm(folder, ...grid);
    expect(entriesIn(ended).map(({ status }) => status)).toEqual(["done", "done"]);
    for (const run of runs) expect(await restartsOf(run)).toBe(1);
    const { sweep } = JSON.parse(ended.out);
    const [, last] = JSON.parse(await readFile(join(sweep, "jobs.json"), "utf8"));
    expect(await readFile(join(sweep, "jobs", `${last.job}_0.out`), "utf8")).toContain("from the template");
  }, 180_000);

  it("is started from the page, shown by the queue, cancelled, and gone on with", async () => {
    const folder = await realpath(await tinyNotebook(300, 20));
    for (const [name, value] of Object.entries(slurm.env)) vi.stubEnv(name, value);
    const workspace = await Workspace.at(folder, { backend: "wasm" });
    const grid = [{ name: "rank", values: [2, 3] }];
    const { sweep } = await workspace.sweeps.start({
      ...{ notebook: "n.ts", grid, ranges: [], draws: 1, fixed: [], seeds: 1, on: "slurm" },
    });
    const counts = async () => (await workspace.sweeps.details(sweep, {})).counts;
    await until(async () => (await withCheckpoints(await trainingsIn(folder))).length === 2, 60);
    await until(async () => (await counts()).running === 2, 30);
    await workspace.sweeps.cancel(sweep);
    await until(async () => (await counts()).interrupted === 2, 60);
    await workspace.sweeps.again({ sweep, entries: [] });
    await until(async () => (await counts()).done === 2, 120);
    await workspace.close();
    vi.unstubAllEnvs();
  }, 300_000);
});

async function withCheckpoints(list: readonly Training[]): Promise<readonly Training[]> {
  const texts = await Promise.all(list.map(({ run }) => readFile(join(run, "run.json"), "utf8").catch(() => "{}")));
  return list.filter((_, at) => (JSON.parse(texts[at]!).checkpoints ?? []).length > 0);
}

function parentOf(pid: number): number {
  return Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }));
}
