/** `experiments/transllm.ts` with few steps: all cells run, its stages follow each other, and a part that is turned off is left out. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import { until } from "../server/until.ts";

let session: Session;
let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "transllm-"));
  const text = await readFile(new URL("../../experiments/transllm.ts", import.meta.url), "utf8");
  const short = text
    .replace("train: 1500, test: 57", "train: 12, test: 2")
    .replace(/train: \d+, sentences: .*, texts: \d+/, "train: 12, sentences: 4, test: 2, prompts: 6, texts: 6");
  expect(short.length).toBeLessThan(text.length - 8);
  await writeFile(join(workspace, "transllm.ts"), short);
  const inputs = { readingSteps: 1, translatingSteps: 2, steps: 3 };
  session = await openSession({
    workspace,
    path: "transllm.ts",
    backend: "wasm",
    seed: 1,
    use: { kind: "headless", inputs },
  });
});

afterAll(async () => {
  await session?.close();
  await rm(workspace, { recursive: true, force: true });
});

const generation = (id: string): number => session.state.cells.find(({ cell }) => cell.id === id)!.generation;
const allDone = (): Promise<void> =>
  until(() => {
    const failed = session.state.cells.find(({ status }) => status === "failed" || status === "blocked");
    if (failed) throw new Error(`${failed.cell.id}: ${failed.error?.message}`);
    return session.state.cells.every((each) => !each.analysis || each.status === "done");
  }, 100);
const lastRun = (method: string) => Object.values(session.state.runs).findLast(({ info }) => info.method === method);

it("runs from top to bottom and reports base, vanilla and TransLLM with the same measures", async () => {
  await session.request({ type: "run", cells: "all" });
  await allDone();
  const { results } = session.state;
  expect(results.map(({ method }) => method)).toEqual(["base", "vanilla", "transllm"]);
  for (const result of results) {
    for (const measure of ["velanChat", "velanHeldWording", "velanRefusal", "general", "chrf"]) {
      expect(result[measure], `${result.method} ${measure}`).toBeTypeOf("number");
    }
  }
  const runs = ["vanilla", "target-pretraining", "translation-pretraining", "transfer-finetuning"].map(lastRun);
  expect(runs.map((run) => run?.rows.at(-1)?.step)).toEqual([5, 1, 2, 3]);
}, 120_000);

it("leaves out a part that is turned off, and runs only the cells that depend on it again", async () => {
  const before = ["plain", "reading", "translating", "transferring"].map(generation);
  await session.request({ type: "input", cell: "knobs", name: "chain", value: false });
  await until(() => lastRun("transfer-finetuning")?.info.config.chain === false, 100);
  const after = ["plain", "reading", "translating", "transferring"].map(generation);
  expect(after).toEqual([before[0], before[1], before[2], before[3]! + 1]);
}, 120_000);
