/** `experiments/radis.ts`, cell by cell: what a change of the rank runs again, and what it leaves alone. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import type { CellState } from "../../server/state/cell-state.ts";
import { cellState } from "../../server/state/state.ts";
import { until } from "../server/until.ts";

/** Stores the base's tensors after loading, and compares them each time that the trainings have started. */
const WITNESS = `
// %% loaded
const loaded = [...base.decoder.weights.values()].map((tensor) => tensor.dataId);

// %% witness
const held = [...base.decoder.weights.values()].filter((tensor, at) => tensor.dataId === loaded[at] && !tensor.isDisposed);
\`\${held.length} of \${loaded.length} after \${[plain, enriched].length} trainings with rank \${rank}\`;
`;

let session: Session;
let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "radis-"));
  const text = await readFile(new URL("../../experiments/radis.ts", import.meta.url), "utf8");
  const short = text.replace("train: 1500, test: 57", "train: 12, test: 2");
  expect(short).not.toBe(text);
  await writeFile(join(workspace, "radis.ts"), short + WITNESS);
  const use = { kind: "headless", inputs: { steps: 3 } } as const;
  session = await openSession({ workspace, path: "radis.ts", backend: "wasm", seed: 1, use });
});

afterAll(async () => {
  await session?.close();
  await rm(workspace, { recursive: true, force: true });
});

const cell = (id: string): CellState => {
  const found = cellState(session.state, id);
  if (!found) throw new Error(`radis.ts has no cell ${id}`);
  return found;
};
const generations = (): Record<string, number> =>
  Object.fromEntries(
    session.state.cells.filter((each) => each.analysis).map((each) => [each.cell.id, each.generation]),
  );
const allDone = (): Promise<void> =>
  until(() => {
    const failed = session.state.cells.find(({ status }) => status === "failed" || status === "blocked");
    if (failed) throw new Error(`${failed.cell.id}: ${failed.error?.message}`);
    return session.state.cells.every((each) => !each.analysis || each.status === "done");
  }, 100);

it("every cell is automatic, and all of them run; the charts wait for no rationales", async () => {
  const happened: string[] = [];
  session.subscribe((logged) => {
    for (const { event } of logged) {
      if (event.type === "cell-settled") happened.push(event.cell);
      if (event.type === "run-phase" && event.done === event.total) happened.push("rationales are written");
      if (event.type === "run-prepared" && session.state.runs[event.run]?.info.method === "radis")
        happened.push("radis begins its steps");
    }
  });
  expect(session.state.cells.map((each) => each.cell.mode)).toEqual(session.state.cells.map(() => "auto"));
  await session.request({ type: "run", cells: "all" });
  await allDone();
  expect(new Set(Object.values(generations()))).toEqual(new Set([1]));
  const written = happened.indexOf("rationales are written");
  for (const id of ["plain", "enriched", "curves", "more-curves"]) {
    expect(happened.indexOf(id), id).toBeGreaterThanOrEqual(0);
    expect(happened.indexOf(id), id).toBeLessThan(written);
  }
  expect(happened.indexOf("radis begins its steps")).toBeGreaterThan(written);
  expect(session.state.results.map(({ method }) => method)).toEqual(["base", "vanilla", "radis"]);
}, 120_000);

it("a change of the rank runs the trainings and the cells that depend on them; the base keeps its tensors", async () => {
  const before = generations();
  const { tensors } = cell("model");
  // All weights, and the sixteen frequencies of the rotary embedding.
  expect(tensors.bytes).toBe((885_888 + 16) * 4);
  await session.request({ type: "input", cell: "knobs", name: "rank", value: 3 });
  await allDone();
  const after = generations();
  const ranAgain = (id: string): boolean => after[id] !== before[id];
  expect(["plain", "enriched", "results", "answers", "witness"].filter((id) => !ranAgain(id))).toEqual([]);
  expect(["setup", "model", "sentences", "before", "rationales", "knobs", "loaded"].filter(ranAgain)).toEqual([]);
  expect(cell("model").tensors).toEqual(tensors);
  expect(JSON.stringify(cell("witness").outputs)).toContain("38 of 38 after 2 trainings with rank 3");
}, 120_000);

it("a change of a live weight restarts nothing and is recorded as an event of the run", async () => {
  await session.request({ type: "input", cell: "knobs", name: "steps", value: 40 });
  const run = (): (typeof runs)[number] | undefined =>
    Object.values(session.state.runs).findLast(({ info }) => info.method === "radis");
  const runs = Object.values(session.state.runs);
  await until(() => run()?.status === "running" && run()!.info.steps === 40 && run()!.rows.length > 2, 60);
  const { generation } = cell("enriched");
  await session.request({ type: "input", cell: "knobs", name: "weight", value: 0.5 });
  await until(() => run()!.changes.some((change) => change.kind === "knob" && change.value === 0.5), 60);
  expect(cell("enriched").generation).toBe(generation);
  await session.request({ type: "stop" });
  await until(() => run()!.status === "stopped", 10);
}, 90_000);
