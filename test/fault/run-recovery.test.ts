/** A training whose kernel is killed continues from its last checkpoint and gets the same numbers. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { logPath } from "../../server/session/history.ts";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import { cellState, type RunState } from "../../server/state/state.ts";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";

const open: Session[] = [];
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
});

async function opened(workspace: string): Promise<Session> {
  const use = { kind: "page" } as const;
  const session = await openSession({ workspace, path: "n.ts", seed: 1, backend: "wasm", use });
  open.push(session);
  return session;
}

const STEPS = 600;
const runs = (session: Session): RunState[] => Object.values(session.state.runs);
/** Without rates, which differ from run to run. */
const rowsOf = ({ rows }: RunState): object[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== "tokensPerSecond")));

it("continues after a SIGKILL under the same name, from its last checkpoint, with the numbers of an undisturbed run", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "recovery-"));
  const base = await tinyBase(workspace);
  const cells = `// %% base\n${base}\n\n// %% training\n${training(STEPS, ", checkpointEvery: 20")}\n`;
  await writeFile(join(workspace, "n.ts"), cells);
  const session = await opened(workspace);
  await session.request({ type: "run", cells: "all" });
  await until(() => (runs(session)[0]?.rows.length ?? 0) > 50, 60);
  const steer = (type: "pause" | "resume") =>
    session.request({ type: "steer", run: runs(session)[0]!.info.id, order: { type } });
  await steer("pause");
  await until(() => {
    const training = cellState(session.state, "training");
    return training?.status === "running" && training.paused;
  });
  expect(cellState(session.state, "training")?.status).toBe("running");
  const paused = runs(session)[0]!.rows.length;
  await steer("resume");
  // Between two checkpoints, so that there are rows to drop.
  const rows = (): number => runs(session)[0]!.rows.length;
  await until(() => rows() > paused + 5 && rows() % 20 > 5 && rows() % 20 < 15, 60);
  const { kernel } = session.state;
  if (kernel.status !== "ready") throw new Error("There is no kernel.");
  process.kill(kernel.pid, "SIGKILL");
  await until(() => runs(session)[0]?.status === "interrupted");
  const cut = runs(session)[0]!;
  const at = cut.checkpoints.at(-1)!.step;
  expect(cut.rows.length).toBeGreaterThanOrEqual(at);
  expect(cut.rows.length).toBeLessThan(STEPS);

  await session.request({ type: "run", cells: ["training"] });
  await until(() => runs(session)[0]?.status === "done", 60);
  expect(runs(session)).toHaveLength(1);
  const recovered = runs(session)[0]!;
  expect(recovered.changes).toMatchObject([{ kind: "pause" }, { kind: "resume" }, { kind: "restart", to: at }]);
  expect(recovered.rows.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  const file = await readFile(join(workspace, recovered.info.folder, "rows.jsonl"), "utf8");
  const written = file.trimEnd().split("\n");
  expect(written.map((line) => JSON.parse(line))).toEqual(recovered.rows);
  expect(JSON.parse(await readFile(join(workspace, recovered.info.folder, "run.json"), "utf8"))).toMatchObject({
    id: cut.info.id,
    status: "done",
  });

  await until(() => cellState(session.state, "training")?.status === "done");
  await session.request({ type: "run", cells: ["training"] });
  await until(() => runs(session)[1]?.status === "done", 60);
  expect(rowsOf(recovered)).toEqual(rowsOf(runs(session)[1]!));
}, 180_000);

it("continues after the workbench was closed and opened again, also where no output shows the run", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "recovery-"));
  const source = training(STEPS, ", checkpointEvery: 20").trimEnd();
  const cells = `// %% base\n${await tinyBase(workspace)}\n\n// %% training\n${source}\nundefined;\n`;
  await writeFile(join(workspace, "n.ts"), cells);
  const first = await opened(workspace);
  await first.request({ type: "run", cells: "all" });
  await until(() => (runs(first)[0]?.rows.length ?? 0) > 30, 60);
  await first.close();
  // As after a kill of the server: the last rows were not logged yet, though the run's folder has them.
  const log = logPath(workspace, "n.ts");
  const lines = (await readFile(log, "utf8")).split("\n");
  const lost = lines.findLastIndex((line) => line.includes('"run-rows"'));
  await writeFile(log, lines.toSpliced(lost, 1).join("\n"));

  const second = await opened(workspace);
  const [closed] = runs(second);
  expect(closed).toMatchObject({ status: "interrupted", message: "The workbench was closed." });
  // The log may lack the last checkpoint too: what counts is what the folder has.
  const saved = await readdir(join(workspace, closed!.info.folder, "checkpoints"));
  const last = Math.max(...saved.map((name) => Number.parseInt(name, 10)));
  expect(last).toBeGreaterThanOrEqual(20);
  await second.request({ type: "run", cells: "all" });
  await until(() => runs(second)[0]?.status === "done", 60);
  const [continued] = runs(second);
  expect(continued!.info.id).toBe(closed!.info.id);
  expect(continued!.changes).toMatchObject([{ kind: "restart", to: last }]);
  expect(continued!.rows.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
}, 180_000);

it("a run whose kernel is killed while it writes rationales goes on from what was written, with the same numbers", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "recovery-"));
  const notebook = (pairs: number): string => `// %% written
import { chatModel, lora, radis, rationales, train, world } from "palimpsest";
const base = await chatModel("tiny-chat");
const velan = await world.corpus("velan", { train: ${pairs}, test: 1 });
const written = rationales(base, velan.train, { prompt: "Note:", maxTokens: 32 });

// %% training
const run = train(base, { method: radis(written, { weight: 2, per: "role" }), adapter: lora({ rank: 2 }), steps: 3, batch: 2 });
run.id
`;
  await writeFile(join(workspace, "n.ts"), notebook(200));
  const session = await opened(workspace);
  const done: number[][] = [[]];
  session.subscribe((logged) => {
    for (const { event } of logged) {
      if (event.type === "run-started") done.push([]);
      if (event.type === "run-phase") done.at(-1)!.push(event.done);
    }
  });
  await session.request({ type: "run", cells: "all" });
  // What was written is saved every few seconds.
  const saved = async (): Promise<boolean> => {
    const files = await readdir(join(workspace, ".palimpsest/cache"), { recursive: true }).catch(() => []);
    return files.some((file) => file.endsWith("rationales.json") && !file.includes("/."));
  };
  await until(saved, 60);
  const { kernel } = session.state;
  if (kernel.status !== "ready") throw new Error("There is no kernel.");
  process.kill(kernel.pid, "SIGKILL");
  await until(() => runs(session)[0]?.status === "interrupted");
  expect(runs(session)[0]!.rows).toEqual([]);
  await session.request({ type: "run", cells: "all" });
  await until(() => runs(session).at(-1)?.status === "done", 120);
  expect(done.at(-1)![0]).toBeGreaterThan(0);
  expect(runs(session).at(-1)!.info.config).toMatchObject({ rationales: { pairs: 400, written: 400 } });
  const recovered = rowsOf(runs(session).at(-1)!);
  await session.close();

  await rm(join(workspace, ".palimpsest"), { recursive: true });
  await writeFile(join(workspace, "n.ts"), notebook(200).replace("rationales(base", "await rationales(base"));
  const plain = await opened(workspace);
  await plain.request({ type: "run", cells: "all" });
  await until(() => runs(plain)[0]?.status === "done", 120);
  expect(rowsOf(runs(plain)[0]!)).toEqual(recovered);
}, 300_000);

it("still knows the best state after a SIGKILL, and has kept no checkpoint of the states that were best before", async () => {
  const workspace = await mkdtemp(join(tmpdir(), "recovery-"));
  // Better and better until step 40, then worse.
  const cell = `${training(300, ", checkpointEvery: 20, warmup: 300")}
let measured = 0;
const best = run
  .every(10, { name: "score", measure: async () => ({ score: 4 - Math.abs(4 - run.rows.length / 10) }) })
  .best("score", "max");
await run.finished;
"best at " + best.step;`;
  await writeFile(join(workspace, "n.ts"), `// %% base\n${await tinyBase(workspace)}\n\n// %% training\n${cell}\n`);
  const session = await opened(workspace);
  await session.request({ type: "run", cells: "all" });
  await until(() => (runs(session)[0]?.rows.length ?? 0) > 110, 60);
  const { kernel } = session.state;
  if (kernel.status !== "ready") throw new Error("There is no kernel.");
  process.kill(kernel.pid, "SIGKILL");
  await until(() => runs(session)[0]?.status === "interrupted");
  await session.request({ type: "run", cells: ["training"] });
  await until(() => cellState(session.state, "training")?.status === "done", 60);
  const [run] = runs(session);
  expect(run).toMatchObject({ status: "done" });
  expect(run!.changes).toMatchObject([{ kind: "alert", name: "warm-up" }, { kind: "restart" }]);
  const folder = join(workspace, run!.info.folder);
  const saved = (await readdir(join(folder, "checkpoints"))).map((name) => Number.parseInt(name, 10));
  expect(run!.checkpoints.filter(({ marked }) => marked)).toEqual([{ step: 40, marked: true, best: true }]);
  expect(saved.sort((a, b) => a - b)).toEqual(run!.checkpoints.map(({ step }) => step));
  expect(saved.length).toBeLessThanOrEqual(4);
  const weights = (path: string) => readFile(join(folder, path, "adapter/adapter_model.safetensors"));
  expect((await weights("best/max-score")).equals(await weights(""))).toBe(false);
  expect(JSON.stringify(cellState(session.state, "training"))).toContain("best at 40");
}, 120_000);
