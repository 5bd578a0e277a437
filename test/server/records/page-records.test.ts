/** Records of what happened meanwhile: a knob that was turned, a kernel or a whole command that was killed. All verify. */
import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Recorder } from "../../../server/records/recorder.ts";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { cellState, type RunState } from "../../../server/state/state.ts";
import { howMany } from "../../fault/soak.ts";
import { until } from "../until.ts";
import { files, folder, lastLine, notebook, palimpsest } from "./stage.ts";

const ENTRY = fileURLToPath(new URL("../../../server/palimpsest.mjs", import.meta.url));

/** How many rows the first table below a folder has; undefined without a table. */
async function rowsBelow(root: string): Promise<number | undefined> {
  const all = await readdir(root, { recursive: true }).catch(() => []);
  const table = all.find((path) => path.endsWith("rows.jsonl"));
  return table === undefined ? undefined : (await readFile(join(root, table), "utf8")).split("\n").length - 1;
}

const run = (session: Session): RunState | undefined => Object.values(session.state.runs)[0];
const rows = (session: Session): number => run(session)?.rows.length ?? 0;

/** Opens a notebook as a page does, lets things happen to its training, and records it. */
async function recorded(
  steps: number,
  settings: string,
  happens: (session: Session) => Promise<void>,
): Promise<{ record: string; run: RunState }> {
  const workspace = await folder("page");
  const { base, rest } = await notebook(workspace, steps, settings);
  await files(workspace, { "n.ts": base + rest });
  const place = { workspace, path: "n.ts", seed: 1 };
  const recorder = await Recorder.begin({ ...place, inputs: {} });
  const use = { kind: "page" } as const;
  const session = await openSession({ ...place, use, backend: "wasm", onUse: recorder.onUse });
  recorder.watch(session);
  await session.request({ type: "run", cells: "all" });
  await happens(session);
  await until(() => cellState(session.state, "end")?.status === "done", 60);
  const { state } = session;
  await session.close();
  await recorder.finish(state, "done", []);
  return { record: recorder.folder, run: Object.values(state.runs)[0]! };
}

it("a training whose live weight was turned twice verifies as identical, pauses ignored", async () => {
  const { record, run: made } = await recorded(120, "", async (session) => {
    const turn = (value: number) => session.request({ type: "input", cell: "base", name: "weight", value });
    const steer = (type: "pause" | "resume") =>
      session.request({ type: "steer", run: run(session)!.info.id, order: { type } });
    await until(() => rows(session) > 5, 60);
    await turn(3);
    await until(() => run(session)!.changes.length === 1, 60);
    await steer("pause");
    await until(() => run(session)!.changes.length === 2, 60);
    await turn(0.25);
    await steer("resume");
  });
  const knobs = made.changes.filter(({ kind }) => kind === "knob");
  expect(knobs).toMatchObject([{ value: 3 }, { value: 0.25 }]);
  expect(JSON.parse(await readFile(join(record, "record.json"), "utf8")).runs[0].changes).toEqual(made.changes);
  const outcome = await palimpsest("verify", record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: 120 }] });
}, 120_000);

it("a training whose kernel was killed by SIGKILL, and that went on, verifies as identical", async () => {
  const { record, run: made } = await recorded(120, ", checkpointEvery: 10", async (session) => {
    await until(() => rows(session) > 30, 60);
    const { kernel } = session.state;
    if (kernel.status !== "ready") throw new Error("There is no kernel.");
    process.kill(kernel.pid, "SIGKILL");
    await until(() => run(session)!.status === "interrupted", 60);
    await session.request({ type: "run", cells: "all" });
  });
  expect(made.changes.map(({ kind }) => kind)).toContain("restart");
  const table = await readFile(join(record, "runs", made.info.id, "rows.jsonl"), "utf8");
  const numbers = table.trimEnd().split("\n");
  expect(numbers.map((line) => JSON.parse(line).step)).toEqual(Array.from({ length: 120 }, (_, at) => at + 1));
  const outcome = await palimpsest("verify", record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: 120 }] });
}, 120_000);

/** With `npm run soak`, 600. */
const STEPS = howMany(150, 600);

it(`a command of ${STEPS} steps that was killed by SIGKILL in the middle, and gone on with, verifies as identical`, async () => {
  const workspace = await folder("resumed");
  const { base, rest } = await notebook(workspace, STEPS, ", checkpointEvery: 25");
  await files(workspace, { "n.ts": base + rest });
  const start = () => {
    const args = [ENTRY, "run", "n.ts", "--resume", "state", "--json", "--backend", "wasm"];
    const child = spawn(process.execPath, args, { cwd: workspace, stdio: ["ignore", "pipe", "ignore"] });
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    return { child, ended: new Promise<string>((resolve) => child.once("close", () => resolve(out))) };
  };
  const first = start();
  await until(async () => ((await rowsBelow(join(workspace, ".palimpsest", "runs"))) ?? 0) > STEPS / 2, 90);
  first.child.kill("SIGKILL");
  await first.ended;
  const report = JSON.parse((await start().ended).trim().split("\n").at(-1) ?? "");
  expect(report).toMatchObject({ status: "done", runs: [{ method: "both" }] });
  const changes = JSON.parse(await readFile(join(report.record, "record.json"), "utf8")).runs[0].changes;
  expect(changes.map(({ kind }: { kind: string }) => kind)).toContain("restart");
  const outcome = await palimpsest("verify", report.record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: STEPS }] });
}, 240_000);

it("what is cut off by SIGKILL is a record of what there is, and verifies up to there", async () => {
  const workspace = await folder("cut");
  const { base, rest } = await notebook(workspace, 100_000);
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, "n.ts"), base + rest);
  const child = spawn(process.execPath, [ENTRY, "run", "n.ts", "--backend", "wasm"], {
    cwd: workspace,
    stdio: "ignore",
  });
  const records = join(workspace, ".palimpsest", "records");
  await until(async () => ((await rowsBelow(records)) ?? 0) > 20, 60);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("close", resolve));
  const [name = ""] = await readdir(records);
  const segments = await palimpsest("verify", join(records, name), "--segments", "1");
  expect(segments).toMatchObject({ code: 2, err: expect.stringContaining("This record was cut off") });
  const outcome = await palimpsest("verify", join(records, name), "--json", "--steps", "15");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: 15 }] });
}, 120_000);
