/**
 * Kills server and kernel at random moments while a page edits, sets an input, runs cells and trains; and checks after each
 * kill what a page was promised:
 *
 * - an edit or an input whose `done` the page saw is there, in the session and then in the notebook's file;
 * - a row that the page had when it sent a request that was answered `done` is there, and rows have no gap;
 * - nothing runs before the page runs something;
 * - when only the kernel dies, the page learns it, and the next run works in a new one.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cellState, type RunState, type SessionState } from "../../server/state/state.ts";
import { type Served, serve } from "../browser/real-server.ts";
import { tinyBase, training } from "../server/kernel/tiny-training.ts";
import { until } from "../server/until.ts";
import { LivePage } from "./live-page.ts";

export type Kills = {
  readonly server: number;
  readonly kernel: number;
  readonly acknowledged: number;
  readonly rows: number;
};

const IDS = ["a", "b", "c"];

/** What one thing was set to: the value that was acknowledged last, and those that were sent after it. */
class Promised {
  #acknowledged: string;
  #sent: string[] = [];
  count = 0;

  constructor(value: string) {
    this.#acknowledged = value;
  }

  sent(value: string): void {
    this.#sent.push(value);
  }

  done(value: string): void {
    this.count += 1;
    this.#acknowledged = value;
    this.#sent = this.#sent.slice(this.#sent.indexOf(value) + 1);
  }

  /** @throws if what is there is neither */
  check(what: string, there: string): void {
    if (there !== this.#acknowledged && !this.#sent.includes(there))
      throw new Error(`${what} is ${there}, but ${this.#acknowledged} was acknowledged`);
    this.#acknowledged = there;
    this.#sent = [];
  }
}

/** @throws at the first promise that was not kept, with the number of the kill */
export async function kills(count: number, seed: number): Promise<Kills> {
  const random = randomFrom(seed);
  const workspace = await mkdtemp(join(tmpdir(), "kills-"));
  const cells = IDS.map((id) => `// %% ${id}\nconst ${id} = 0;\n`).join("\n");
  const knob =
    '// %% knob\nimport { input as control } from "palimpsest";\nconst n = control.number("n", { value: 0 });\n';
  const train = `// %% training mode=manual\n${training(4_000, ", checkpointEvery: 20")}\n`;
  await writeFile(join(workspace, "n.ts"), `${cells}\n${knob}\n// %% base\n${await tinyBase(workspace)}\n\n${train}`);
  const edits = new Map(IDS.map((id) => [id, new Promised(`const ${id} = 0;`)]));
  const input = new Promised("0");
  /** How many rows of each run were acknowledged. */
  const rows = new Map<string, number>();
  const killed = { server: 0, kernel: 0 };
  let server: Served | undefined;
  try {
    while (killed.server + killed.kernel < count) {
      server ??= await serve(workspace, undefined, "--backend", "wasm");
      const page = await LivePage.open(server.address);
      await checked(page, workspace, edits, input, rows);
      const working = work(page, edits, input, random, rows);
      const trains = (): boolean =>
        (latestRun(page.state)?.rows.length ?? 0) > (rows.get(latestRun(page.state)!.info.id) ?? 0);
      // Half of the kills come while a training gives rows.
      if (random() < 0.5) await until(() => latestRun(page.state) !== undefined && trains(), 60);
      await pause(100 + random() * 1_000);
      const { kernel } = page.state;
      if (kernel.status === "ready" && random() < 0.3) {
        killed.kernel += 1;
        process.kill(kernel.pid, "SIGKILL");
        await until(() => page.state.kernel.status !== "ready" || pidIn(page.state) !== kernel.pid, 30);
        page.socket.terminate();
        await working;
        // The next page is of the same server, where things may run.
        await server.kill();
      } else {
        killed.server += 1;
        await server.kill();
        await working;
        page.socket.terminate();
      }
      server = undefined;
    }
  } catch (error) {
    throw new Error(`Kill ${killed.server + killed.kernel}, seed ${seed}: ${(error as Error).message}`);
  } finally {
    await server?.kill();
    await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
  const acknowledged = [...edits.values(), input].reduce((sum, each) => sum + each.count, 0);
  return { ...killed, acknowledged, rows: Math.max(0, ...rows.values()) };
}

const pidIn = ({ kernel }: SessionState): number | undefined => (kernel.status === "ready" ? kernel.pid : undefined);
const latestRun = ({ runs }: SessionState): RunState | undefined => Object.values(runs).at(-1);

async function checked(
  page: LivePage,
  workspace: string,
  edits: ReadonlyMap<string, Promised>,
  input: Promised,
  rows: ReadonlyMap<string, number>,
): Promise<void> {
  const { state } = page;
  if (state.kernel.status === "starting" || state.kernel.status === "ready") throw new Error("A kernel runs unasked");
  if (state.cells.some(({ status }) => status === "running" || status === "queued"))
    throw new Error("A cell runs unasked");
  for (const [id, promised] of edits)
    promised.check(`The cell ${id}`, cellState(state, id)?.cell.source.trim() ?? "gone");
  input.check("The input", String(state.inputValues.n ?? 0));
  const text = (): Promise<string> => readFile(join(workspace, "n.ts"), "utf8");
  for (const { cell } of state.cells) await until(async () => (await text()).includes(cell.source.trim()), 10);
  for (const run of Object.values(state.runs)) {
    const steps = run.rows.map(({ step }) => step);
    if (steps.some((step, index) => step !== index + 1)) throw new Error(`Rows have a gap: ${steps.join(" ")}`);
    // A run that continues goes back to its checkpoint and computes the rows after it again.
    const back = run.changes.findLast(({ kind }) => kind === "restart");
    const known = rows.get(run.info.id) ?? 0;
    const acknowledged = back?.kind === "restart" && run.rows.length < back.step ? Math.min(known, back.to) : known;
    if (steps.length < acknowledged)
      throw new Error(`${acknowledged} rows of ${run.info.id} were acknowledged, and ${steps.length} are there`);
  }
}

/** Requests of all kinds until the connection is lost. */
async function work(
  page: LivePage,
  edits: ReadonlyMap<string, Promised>,
  input: Promised,
  random: () => number,
  rows: Map<string, number>,
): Promise<void> {
  await page.request({ type: "run", cells: ["knob", "training"] });
  for (let turn = 1; page.socket.readyState === page.socket.OPEN; turn += 1) {
    const run = latestRun(page.state);
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
    // A run that goes back to its checkpoint has fewer rows than before.
    if (answer === "done" && run && latestRun(page.state)?.info.id === run.info.id)
      rows.set(run.info.id, run.rows.length);
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
