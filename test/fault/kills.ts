/**
 * Kills server and kernel at random moments while a page edits, sets an input, runs cells and trains; and checks after each
 * kill what a page was promised:
 *
 * - an edit or an input whose `done` the page saw is there, in the session and then in its file;
 * - a row of a training that a page had received is there, with its values, and rows have no gap and no duplicate;
 * - outputs that a page had when it sent a request that was answered `done` are there;
 * - after a restart of the server, nothing runs before a page runs something;
 * - when only the kernel dies, the page learns it, and the next run works in a new one.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readInputs } from "../../server/session/inputs-file.ts";
import { cellState, type RunState, type SessionState } from "../../server/state/state.ts";
import { type Served, serve } from "../browser/real-server.ts";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";
import { LivePage } from "./live-page.ts";
import { Setting, Shown } from "./promises.ts";

export type Kills = {
  readonly server: number;
  readonly kernel: number;
  readonly acknowledged: number;
  readonly rows: number;
};

const IDS = ["a", "b", "c"];

type Promised = {
  readonly edits: ReadonlyMap<string, Setting>;
  readonly input: Setting;
  readonly shown: Shown;
};

type Pace = { requests: "many" | "none" };

/** @throws at the first promise that was not kept, with the number of the kill */
export async function kills(count: number, seed: number): Promise<Kills> {
  const random = randomFrom(seed);
  const workspace = await mkdtemp(join(tmpdir(), "kills-"));
  await writeFile(join(workspace, "n.ts"), notebook(await tinyBase(workspace)));
  const edits = new Map(IDS.map((id) => [id, new Setting(`const ${id} = 0;`)]));
  const promised = { edits, input: new Setting("0"), shown: new Shown("sum") };
  const killed = { server: 0, kernel: 0 };
  let server: Served | undefined;
  try {
    while (killed.server + killed.kernel < count) {
      server = await serve(workspace, undefined, "--backend", "wasm");
      const page = await LivePage.open(server.address);
      await checkRestarted(page, workspace, promised);
      const pace: Pace = { requests: "many" };
      const working = work(page, promised, random, pace);
      // Half of the kills come while a training gives rows.
      if (random() < 0.5) await givesRows(page);
      await pause(100 + random() * 1_000);
      if (random() < 0.4 && page.state.kernel.status === "ready" && killed.server + killed.kernel < count - 1) {
        await killKernel(page, promised);
        killed.kernel += 1;
        await pause(random() * 500);
      }
      // A request that is answered makes the server save all that came before it; without one it saves in batches.
      if (random() < 0.5) {
        pace.requests = "none";
        await pause(50 + random() * 200);
      }
      await server.kill();
      pace.requests = "many";
      killed.server += 1;
      server = undefined;
      await working;
      promised.shown.lastSeen(page.state);
    }
    // The last kill is checked too.
    server = await serve(workspace);
    const page = await LivePage.open(server.address);
    await checkRestarted(page, workspace, promised);
    page.socket.terminate();
  } catch (error) {
    throw new Error(`Kill ${killed.server + killed.kernel}, seed ${seed}: ${(error as Error).message}`);
  } finally {
    await server?.kill();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
  const acknowledged = [...edits.values(), promised.input].reduce((sum, each) => sum + each.count, 0);
  return { ...killed, acknowledged, rows: promised.shown.rows };
}

function notebook(base: string): string {
  const cells = IDS.map((id) => `// %% ${id}\nconst ${id} = 0;\n`).join("\n");
  const sum = "// %% sum\na + b\n";
  const knob =
    '// %% knob\nimport { input as control } from "palimpsest";\nconst n = control.number("n", { value: 0 });\n';
  const train = `// %% training mode=manual\n${training(4_000, ", checkpointEvery: 20")}\n`;
  return [cells, sum, knob, `// %% base\n${base}\n`, train].join("\n");
}

const latestRun = ({ runs }: SessionState): RunState | undefined => Object.values(runs).at(-1);

async function givesRows(page: LivePage): Promise<void> {
  const before = Object.values(page.state.runs).reduce((sum, { rows }) => sum + rows.length, 0);
  const now = (): number => Object.values(page.state.runs).reduce((sum, { rows }) => sum + rows.length, 0);
  // A run that goes back has fewer rows at first.
  await until(() => latestRun(page.state)?.status === "running" && now() !== before, 60);
}

/** The page goes on working meanwhile. */
async function killKernel(page: LivePage, { shown }: Promised): Promise<void> {
  const { kernel } = page.state;
  if (kernel.status !== "ready") return;
  const generation = cellState(page.state, "a")!.generation;
  process.kill(kernel.pid, "SIGKILL");
  await until(() => page.state.kernel.status !== "ready" || page.state.kernel.pid !== kernel.pid, 30);
  // The server lives: nothing that this page has is lost.
  shown.check(page.state);
  const answer = await page.request({ type: "run", cells: ["a", "training"] });
  const works = (): boolean =>
    page.state.kernel.status === "ready" && cellState(page.state, "a")!.generation > generation;
  await until(works, 60).catch(() => {
    const { cells, kernel: now, notice } = page.state;
    const statuses = cells.map(({ cell, status }) => `${cell.id} ${status}`).join(", ");
    throw new Error(`No run works in a new kernel: ${JSON.stringify([answer, now, statuses, notice?.text])}`);
  });
}

/** What a page finds after a restart of the server. */
async function checkRestarted(page: LivePage, workspace: string, { edits, input, shown }: Promised): Promise<void> {
  const { state } = page;
  checkAtRest(state);
  const ids = state.cells.map(({ cell }) => cell.id).join();
  if (ids !== "a,b,c,sum,knob,base,training") throw new Error(`The cells are now ${ids}`);
  for (const [id, promised] of edits)
    promised.check(`The cell ${id}`, cellState(state, id)?.cell.source.trim() ?? "gone");
  input.check("The input", String(state.inputValues.n ?? 0));
  shown.check(state);
  const text = (): Promise<string> => readFile(join(workspace, "n.ts"), "utf8");
  for (const { cell } of state.cells) await until(async () => (await text()).includes(cell.source.trim()), 10);
  await until(async () => (await readInputs(workspace, "n.ts")).n === state.inputValues.n, 10);
  await pause(50);
  checkAtRest(page.state);
}

function checkAtRest(state: SessionState): void {
  if (state.kernel.status === "starting" || state.kernel.status === "ready") throw new Error("A kernel runs unasked");
  if (state.cells.some(({ status }) => status === "running" || status === "queued"))
    throw new Error("A cell runs unasked");
}

/** Requests of all kinds until the connection is lost. */
async function work(
  page: LivePage,
  { edits, input, shown }: Promised,
  random: () => number,
  pace: Pace,
): Promise<void> {
  await page.request({ type: "run", cells: ["sum", "knob", "training"] });
  for (let turn = 1; page.socket.readyState === page.socket.OPEN; turn += 1) {
    while (pace.requests === "none") await pause(5);
    const before = page.state;
    const value = `${Math.floor(random() * 1e9)}`;
    let answer: string;
    if (random() < 0.75) {
      const id = IDS[Math.floor(random() * IDS.length)]!;
      const source = `const ${id} = ${value};`;
      edits.get(id)!.sent(source);
      answer = await page.request({ type: "edit", cell: id, source, by: "kills" });
      if (answer === "done") edits.get(id)!.done(source);
    } else {
      input.sent(value);
      answer = await page.request({ type: "input", cell: "knob", name: "n", value: Number(value) });
      if (answer === "done") input.done(value);
    }
    if (answer === "done") shown.done(before);
    if (turn % 8 === 0) await page.request({ type: "run", cells: ["a", "b"] });
    await pause(random() * 20);
  }
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
