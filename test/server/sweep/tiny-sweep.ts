/** A sweep of a tiny model's training, as a user starts it: by the command line. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReportedEntry } from "../../../server/sweep/report.ts";
import { tinyBase, training } from "../kernel/tiny-training.ts";

const ENTRY = fileURLToPath(new URL("../../../server/palimpsest.mjs", import.meta.url));

/** Two by two settings, with one seed or two. */
export const gridOf = (seeds: 1 | 2) => ["--grid", "rank=2,4", "--grid", "weight=0,2", "--seeds", String(seeds)];
/** Rank, weight and seed of its entries, in their order. */
export const keysOf = (seeds: 1 | 2) =>
  [2, 4].flatMap((rank) => [0, 2].flatMap((weight) => [1, 2].slice(0, seeds).map((seed) => [rank, weight, seed])));
export const keyOf = ({ settings, seed }: ReportedEntry): unknown[] => [settings.rank, settings.weight, seed];

/** @returns the folder of a notebook `n.ts` with the inputs `rank` and `weight` */
export async function tinyNotebook(steps: number, checkpointEvery: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sweep-"));
  const notebook = `// %% base
${await tinyBase(folder)}
const rank = input.number("rank", { value: 2, min: 1, max: 8 });
// %% training
${training(steps, `, checkpointEvery: ${checkpointEvery}`).replace("rank: 2", "rank")}
await run.finished;
// %% result
import { report } from "palimpsest";
report([{ method: "both", chrf: -run.rows.at(-1)!.loss, general: run.rows.at(-1)!.translation }]);
`;
  await writeFile(join(folder, "n.ts"), notebook);
  return folder;
}

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

export function startSweep(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Started {
  return run(["sweep", "n.ts", ...args, "--json", "--backend", "wasm"], cwd, env);
}

export function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Started {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd, env: { ...env, CI: "1" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}

export function entriesIn({ out, err }: Ended): readonly ReportedEntry[] {
  if (out === "") throw new Error(`The sweep printed nothing but:\n${err}`);
  return JSON.parse(out.trim().split("\n").at(-1)!).entries;
}

/** What two sweeps in two folders have in common: all but the folders of their records. */
export function comparable(entries: readonly ReportedEntry[]): readonly Omit<ReportedEntry, "record">[] {
  return entries.map(({ record: _, ...entry }) => entry);
}

/** The files of this name of all entries, by the entry's id. */
export async function filesOf(folder: string, name: string): Promise<ReadonlyMap<string, string>> {
  const sweeps = join(folder, ".palimpsest", "sweeps");
  const [only] = await readdir(sweeps).catch(() => []);
  if (only === undefined) return new Map();
  const entries = join(sweeps, only, "entries");
  const ids = await readdir(entries).catch(() => []);
  const read = ids.map(async (id) => [id, await readFile(join(entries, id, name), "utf8").catch(() => "")] as const);
  return new Map((await Promise.all(read)).filter(([, text]) => text !== ""));
}

export type Training = { readonly id: string; readonly pid: number; readonly run: string };

/** The entries that train now, with their process and their run's folder. */
export async function trainingsIn(folder: string): Promise<readonly Training[]> {
  const [locks, results, attempts] = await Promise.all(
    ["lock.json", "result.json", "attempt.json"].map((name) => filesOf(folder, name)),
  );
  return [...locks!].flatMap(([id, lock]) => {
    const [run] = JSON.parse(attempts!.get(id) ?? '{"runs":[]}').runs.slice(-1);
    if (results!.has(id) || run === undefined) return [];
    return [{ id, pid: JSON.parse(lock).pid, run: join(folder, ".palimpsest", "runs", run) }];
  });
}

/** How often the run was taken up again. */
export async function restartsOf(run: string): Promise<number> {
  return (await readFile(join(run, "events.jsonl"), "utf8")).match(/"restart"/g)?.length ?? 0;
}
