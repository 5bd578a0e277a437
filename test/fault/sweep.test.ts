/** A sweep that is killed goes on with the same command, and has the results of one that was not. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";

const ENTRY = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
const GRID = ["--grid", "rank=2,4", "--grid", "weight=0,2", "--seeds", "2"];

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

function sweep(cwd: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const all = [ENTRY, "sweep", "n.ts", ...args, "--json", "--backend", "wasm"];
  const child = spawn(process.execPath, all, { cwd, env: { ...process.env, CI: "1" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}

async function workspace(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sweep-"));
  const notebook = `// %% base
${await tinyBase(folder)}
const rank = input.number("rank", { value: 2, min: 1, max: 8 });
// %% training
${training(120, ", checkpointEvery: 10").replace("rank: 2", "rank")}
await run.finished;
// %% result
import { report } from "palimpsest";
report([{ method: "both", chrf: -run.rows.at(-1)!.loss, general: run.rows.at(-1)!.translation }]);
`;
  await writeFile(join(folder, "n.ts"), notebook);
  return folder;
}

/** The files of this name of all entries, by the entry's id. */
async function filesOf(folder: string, name: string): Promise<Map<string, string>> {
  const sweeps = join(folder, ".palimpsest", "sweeps");
  const [only] = await readdir(sweeps).catch(() => []);
  if (only === undefined) return new Map();
  const entries = join(sweeps, only, "entries");
  const ids = await readdir(entries).catch(() => []);
  const read = ids.map(async (id) => [id, await readFile(join(entries, id, name), "utf8").catch(() => "")] as const);
  return new Map((await Promise.all(read)).filter(([, text]) => text !== ""));
}

it("goes on after SIGKILL with what is left, waits for the entry that still runs, and has the same results to the last digit", async () => {
  const [killed, plain] = await Promise.all([workspace(), workspace()]);
  const first = sweep(killed, [...GRID, "--jobs", "2"]);
  // Two are done, and two others train.
  const training = async (): Promise<readonly [id: string, pid: number][]> => {
    const [locks, results, attempts] = await Promise.all([
      filesOf(killed, "lock.json"),
      filesOf(killed, "result.json"),
      filesOf(killed, "attempt.json"),
    ]);
    const open = [...locks].filter(([id]) => !results.has(id) && attempts.get(id)?.includes("both"));
    return results.size >= 2 && open.length === 2 ? open.map(([id, lock]) => [id, JSON.parse(lock).pid]) : [];
  };
  let open: Awaited<ReturnType<typeof training>> = [];
  await until(async () => {
    open = await training();
    return open.length === 2;
  }, 90);
  first.child.kill("SIGKILL");
  const [[cut, pid], [left]] = open as [(typeof open)[0], (typeof open)[0]];
  process.kill(pid, "SIGKILL");
  await first.ended;
  const done = await filesOf(killed, "result.json");

  const status = JSON.parse((await sweep(killed, [...GRID, "--status"]).ended).out);
  const states = new Map(status.entries.map((entry: { id: string; status: string }) => [entry.id, entry.status]));
  for (const id of done.keys()) expect(states.get(id)).toBe("done");
  expect(states.get(cut)).toBe("interrupted");
  expect(["running", "done"]).toContain(states.get(left));

  const [second, reference] = await Promise.all([
    sweep(killed, [...GRID, "--jobs", "2"]).ended,
    sweep(plain, [...GRID, "--jobs", "2"]).ended,
  ]);
  expect([second.code, reference.code]).toEqual([0, 0]);
  const [{ entries }, uninterrupted] = [second, reference].map(({ out }) => JSON.parse(out));
  expect(entries).toEqual(uninterrupted.entries);
  const key = ({ settings, seed }: (typeof entries)[0]) => [settings.rank, settings.weight, seed];
  const all = [2, 4].flatMap((rank) => [0, 2].flatMap((weight) => [1, 2].map((seed) => [rank, weight, seed])));
  expect(entries.map(key)).toEqual(all);
  expect(new Set(entries.map(({ results }: (typeof entries)[0]) => results[0].chrf)).size).toBe(8);

  // What was done was not run again, and what still ran was not started twice.
  const logs = await filesOf(killed, "log.txt");
  const attempts = (id: string): number => logs.get(id)!.split("\n--- ").length;
  for (const id of done.keys()) expect(attempts(id)).toBe(1);
  expect(attempts(cut)).toBe(2);
  expect(attempts(left)).toBe(1);
  const restarts = await Promise.all(
    JSON.parse((await filesOf(killed, "attempt.json")).get(cut)!).runs.map((id: string) =>
      readFile(join(killed, ".palimpsest", "runs", id, "events.jsonl"), "utf8"),
    ),
  );
  expect(restarts.join("").match(/"restart"/g)?.length ?? 0).toBeLessThanOrEqual(1);

  // A larger sweep runs only what is new; what has failed runs again.
  const more = await sweep(plain, ["--grid", "rank=2,9", "--grid", "weight=0", "--seeds", "2", "--jobs", "2"]).ended;
  expect(more.code).toBe(1);
  const larger = JSON.parse(more.out).entries;
  expect(larger.map((each: { status: string }) => each.status)).toEqual(["done", "done", "failed", "failed"]);
  expect(larger.slice(0, 2)).toEqual(entries.slice(0, 2));
  const text = await readFile(join(JSON.parse(more.out).sweep, "entries", larger[2].id, "log.txt"), "utf8");
  expect(text).toContain('rank cannot be "9": it must be at most 8');
  expect(more.err).not.toContain("rank=2 weight=0");
}, 300_000);
