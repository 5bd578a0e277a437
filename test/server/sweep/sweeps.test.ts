/** What the page asks of sweeps: start, look, run again, cancel; and what is left when the workbench ends or is killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import type { StartOrder, SweepDetails } from "../../../server/sweep/api.ts";
import { Workspace } from "../../../server/workspace.ts";
import { workspaceOf } from "../session/workbench.ts";
import { until } from "../until.ts";

/** Fails at rank 9, and waits forever at rank 8. */
const NOTEBOOK = `// %% knobs
import { input, report } from "palimpsest";
const rank = input.number("rank", { value: 2, min: 1, max: 64 });
const weight = input.number("weight", { value: 1 });
const seed = input.number("seed", { value: 1 });
// %% result
if (rank === 9) throw new Error("Nine is too many.");
if (rank === 8) await new Promise((end) => setTimeout(end, 1e9));
report([{ method: "both", chrf: rank * weight + seed, general: -rank }]);
`;
const ORDER: StartOrder = {
  notebook: "deep/n.ts",
  grid: [{ name: "rank", values: [2, 4] }],
  ranges: [],
  draws: 1,
  fixed: [{ name: "weight", value: 3 }],
  seeds: 1,
  jobs: 2,
  on: "local",
};

const open: Workspace[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function workbench(): Promise<Workspace> {
  const workspace = await Workspace.at(await workspaceOf({ "deep/n.ts": NOTEBOOK }), { backend: "cpu" });
  open.push(workspace);
  return workspace;
}
const start = ({ sweeps }: Workspace, change: Partial<StartOrder> = {}): Promise<{ sweep: string }> =>
  sweeps.start({ ...ORDER, ...change });
async function reached(
  workspace: Workspace,
  key: string,
  holds: (now: SweepDetails) => boolean,
): Promise<SweepDetails> {
  let now = await workspace.sweeps.details(key, {});
  await until(async () => {
    now = await workspace.sweeps.details(key, {});
    return holds(now);
  }, 120);
  return now;
}

it("runs a grid of a notebook in a subfolder to its end, with records that the workspace knows and the log of each entry", async () => {
  const workspace = await workbench();
  const { sweep } = await start(workspace);
  expect(sweep).toMatch(/^deep\/n-[0-9a-f]{8}\/[0-9a-f]{8}$/);
  const begun = await workspace.sweeps.details(sweep, {});
  expect(begun).toMatchObject({ active: "yes", notebook: "deep/n.ts", on: "local", seeds: 1 });
  expect(begun.counts.done + begun.counts.waiting + begun.counts.running).toBe(2);
  await expect(start(workspace)).rejects.toThrow(/running already/);

  const ended = await reached(workspace, sweep, ({ active }) => active === "no");
  expect(ended.counts).toEqual({ done: 2, failed: 0, running: 0, waiting: 0, interrupted: 0, missing: 0 });
  expect(ended.entries.map(({ settings, results }) => [settings, results])).toEqual([
    [{ rank: 2, weight: 3 }, [{ method: "both", chrf: 7, general: -2 }]],
    [{ rank: 4, weight: 3 }, [{ method: "both", chrf: 13, general: -4 }]],
  ]);
  expect(ended.inputs).toEqual([{ name: "rank", values: ["2", "4"] }]);
  expect(ended.rows.map(({ place }) => place)).toEqual(["front", "front"]);
  expect(ended.command).toContain("--grid=rank=2,4");
  const keys = (await workspace.runs.records()).map(({ key }) => key).sort();
  expect(ended.entries.map(({ record }) => record).sort()).toEqual(keys);
  expect(JSON.stringify(ended)).not.toContain(workspace.folder);
  const log = await workspace.sweeps.log(sweep, ended.entries[0]!.id);
  expect(log).toMatchObject({ cut: 0, text: expect.stringContaining("--- rank=2 weight=3 seed=1") });
  expect((await workspace.sweeps.list()).map(({ key }) => key)).toEqual([sweep]);
}, 180_000);

it("cancels a sweep, goes on with it, runs what has failed and what is chosen again, and refuses a changed notebook", async () => {
  const workspace = await workbench();
  const { sweep } = await start(workspace, { grid: [{ name: "rank", values: [8, 9] }] });
  await reached(workspace, sweep, ({ counts }) => counts.failed === 1 && counts.running === 1);
  await workspace.sweeps.cancel(sweep);
  const cancelled = await workspace.sweeps.details(sweep, {});
  expect([cancelled.active, cancelled.counts.running, cancelled.counts.failed]).toEqual(["no", 0, 1]);
  const failed = cancelled.entries.find(({ status }) => status === "failed")!;
  const attempts = async (): Promise<number> =>
    (await workspace.sweeps.log(sweep, failed.id)).text.split("--- rank=9").length - 1;
  expect(await attempts()).toBe(1);

  expect(await workspace.sweeps.again({ sweep, entries: [] })).toEqual({ sweep });
  await until(async () => (await attempts()) === 2, 30);
  await workspace.sweeps.cancel(sweep);
  await expect(workspace.sweeps.again({ sweep, entries: ["0".repeat(16)] })).rejects.toThrow(/no entry/);

  await writeFile(join(workspace.folder, "deep", "n.ts"), NOTEBOOK.replace("9)", "10)"));
  await expect(workspace.sweeps.again({ sweep, entries: [] })).rejects.toThrow(
    /^n\.ts has changed since this sweep began/,
  );
  await expect(start(workspace, { grid: [{ name: "nothing", values: [1] }] })).rejects.toThrow(
    /has no input nothing. Its inputs: rank, weight, seed/,
  );
}, 180_000);

it("says why a sweep could not be submitted", async () => {
  const workspace = await workbench();
  vi.stubEnv("PATH", "");
  await expect(start(workspace, { on: "slurm" })).rejects.toThrow(/^This machine has no sbatch\./);
  vi.unstubAllEnvs();
}, 180_000);

it.each(["close", "kill"])(
  "ends its sweep when the workbench ends by %s",
  async (way) => {
    const folder = await workspaceOf({ "deep/n.ts": NOTEBOOK });
    const order = { ...ORDER, grid: [{ name: "rank", values: [8] }] };
    const script = `
    import { Workspace } from ${JSON.stringify(new URL("../../../server/workspace.ts", import.meta.url).href)};
    const workspace = await Workspace.at(${JSON.stringify(folder)}, { backend: "cpu" });
    const { sweep } = await workspace.sweeps.start(${JSON.stringify(order)});
    process.once("SIGTERM", () => workspace.close().then(() => process.exit()));
    console.log(sweep);
    setInterval(() => undefined, 1000);`;
    const server = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = await once(server.stdout, "data");
    const sweep = String(printed).trim();
    const looking = await Workspace.at(folder);
    open.push(looking);
    const { entries } = await reached(looking, sweep, ({ counts }) => counts.running === 1);
    const place = join(folder, "deep", ".palimpsest", "sweeps", sweep.split("/")[1]!);
    const pid = JSON.parse(await readFile(join(place, "entries", entries[0]!.id, "lock.json"), "utf8")).pid;
    const gone = once(server, "exit");
    server.kill(way === "kill" ? "SIGKILL" : "SIGTERM");
    await gone;
    const ended = await reached(looking, sweep, ({ active }) => active === "no");
    expect(ended.counts.running).toBe(0);
    expect(() => process.kill(pid, 0)).toThrow();
  },
  60_000,
);
