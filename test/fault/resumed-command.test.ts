/** `palimpsest run --resume`: a command that was killed or ended goes on when it is called again, and gets the same numbers. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";

const ENTRY = fileURLToPath(new URL("../../server/palimpsest.mjs", import.meta.url));
const STEPS = 500;

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

function started(cwd: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd, env: { ...process.env, CI: "1" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}

/** How many rows the run of each cell has. The names of runs that started in the same second have no order. */
async function rowCounts(workspace: string): Promise<Readonly<Record<string, number>>> {
  const runs = join(workspace, ".palimpsest", "runs");
  const text = (id: string, file: string): Promise<string> => readFile(join(runs, id, file), "utf8").catch(() => "");
  const counts = (await readdir(runs).catch(() => [])).map(async (id) => {
    const { cell } = JSON.parse((await text(id, "run.json")) || "{}");
    return [cell, (await text(id, "rows.jsonl")).split("\n").length - 1] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

it("goes on with every training after SIGKILL and SIGTERM, also with one that had ended, and reports the same", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "resume-"));
  const settings = ", checkpointEvery: 20";
  const notebook = `// %% base
${await tinyBase(workspace)}
// %% first
${training(60, settings).replace("const run", "const short")}
await short.finished;
// %% second
${training(STEPS, settings)}
await run.finished;
// %% result
import { report } from "palimpsest";
report([{ method: "both", short: short.rows.at(-1)!.loss, long: run.rows.at(-1)!.loss }]);
`;
  await writeFile(join(workspace, "n.ts"), notebook.replace("// %% second", "// %% second\nvoid short;"));
  const args = ["run", "n.ts", "--json", "--backend", "wasm", "--set", "seed=3"];
  const resumed = [...args, "--resume", "state"];

  const killed = started(workspace, resumed);
  await until(async () => ((await rowCounts(workspace)).second ?? 0) > 50, 60);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const atKill = (await rowCounts(workspace)).second!;

  const suspended = started(workspace, resumed);
  await until(async () => ((await rowCounts(workspace)).second ?? 0) > atKill + 50, 60);
  suspended.child.kill("SIGTERM");
  const { code, out } = await suspended.ended;
  expect(JSON.parse(out)).toMatchObject({ status: "suspended" });
  expect(code).toBe(1);
  const atTerm = (await rowCounts(workspace)).second!;
  expect(await readdir(join(workspace, "state"))).not.toContain("result.json");

  const finished = await started(workspace, resumed).ended;
  const report = JSON.parse(finished.out);
  expect(report.status).toBe("done");
  expect(JSON.parse(await readFile(join(workspace, "state", "result.json"), "utf8"))).toEqual(report);
  expect(await rowCounts(workspace)).toEqual({ first: 60, second: STEPS });
  const { folder } = report.runs[1];
  const events = (await readFile(join(folder, "events.jsonl"), "utf8")).trim().split("\n");
  const restarts = events.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "restart");
  // The second attempt continued from a checkpoint before the kill, the third from the one that SIGTERM saved.
  expect(restarts).toMatchObject([{ to: expect.any(Number) }, { to: atTerm }]);
  expect(restarts[0].to).toBeGreaterThanOrEqual(40);
  expect(restarts[0].to % 20).toBe(0);

  const plain = await started(workspace, args).ended;
  expect(report.results).toEqual(JSON.parse(plain.out).results);
}, 120_000);

it("stops at once, without a word to the runs, when another machine has taken its folder over", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "resume-lost-"));
  const notebook = `// %% base\n${await tinyBase(workspace)}\n// %% long\n${training(1_000_000)}\n`;
  await writeFile(join(workspace, "n.ts"), notebook);
  const { child, ended } = started(workspace, ["run", "n.ts", "--json", "--backend", "cpu", "--resume", "state"]);
  await until(async () => ((await rowCounts(workspace)).long ?? 0) > 5, 60);
  // Stopped for longer than the other machine waits, then it goes on.
  child.kill("SIGSTOP");
  const other = '{"pid":77,"born":"1","host":"another-machine"}';
  await writeFile(join(workspace, "state", "lock.json"), other);
  child.kill("SIGCONT");
  const { code, out, err } = await ended;
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("Process 77 on another-machine has taken over");
  expect(err).toContain("It stops here; the other one goes on.");
  const rows = (await rowCounts(workspace)).long;
  const [run] = await readdir(join(workspace, ".palimpsest", "runs"));
  const described = await readFile(join(workspace, ".palimpsest", "runs", run!, "run.json"), "utf8");
  expect(JSON.parse(described).status).toBe("running");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await rowCounts(workspace)).long).toBe(rows);
  expect((await readdir(join(workspace, "state"))).sort()).toEqual(["attempt.json", "lock.json"]);
  expect(await readFile(join(workspace, "state", "lock.json"), "utf8")).toBe(other);
}, 60_000);
