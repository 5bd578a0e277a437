/** Experiments that a user saves in the page, after they ran: the records repeat to the last bit, and hold what was used. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { notebookOfCells, saveExperiment } from "../../../server/records/save-experiment.ts";
import { openSession } from "../../../server/session/open.ts";
import type { Session } from "../../../server/session/session.ts";
import { cellsToSave, unfinishedCells } from "../../../server/state/saving.ts";
import { cellState, type RunState } from "../../../server/state/state.ts";
import { until } from "../until.ts";
import { files, folder, lastLine, notebook, palimpsest } from "./stage.ts";

const UPLOADED = ".palimpsest/files/0123456789abcdef/words.txt";
let workspace: string;
let session: Session;
const open = (): Promise<Session> =>
  openSession({ workspace, path: "n.ts", seed: 1, use: { kind: "page" }, backend: "wasm" });
const run = (): RunState => Object.values(session.state.runs)[0]!;
const saved = (path = "n.ts", cells: readonly string[] = cellsToSave(session.state, "all"), name = "", note = "") =>
  saveExperiment(session, { workspace, path, cells, name, note });
const save = async (...how: Parameters<typeof saved>): Promise<string> => (await saved(...how)).folder;
// biome-ignore lint/suspicious/noExplicitAny: record.json
const json = async (record: string): Promise<any> => JSON.parse(await readFile(join(record, "record.json"), "utf8"));

beforeAll(async () => {
  workspace = await folder("saved");
  const { base, rest } = await notebook(workspace, 120);
  const own = `
// %% count
const count = input.number("count", { value: 2 });

// %% words
import { readFile } from "palimpsest";
const text = new TextDecoder().decode(await readFile("${UPLOADED}"));
show(text.length * count);

// %% apart
const apart = (await readFile("apart.txt")).length;

// %% card
run
`;
  await mkdir(join(workspace, UPLOADED, ".."), { recursive: true });
  await writeFile(join(workspace, UPLOADED), "uploaded");
  await writeFile(join(workspace, "apart.txt"), "5 bytes");
  await files(workspace, { "n.ts": base + rest + own });
  session = await open();
  await session.request({ type: "run", cells: "all" });
  const turn = (value: number) => session.request({ type: "input", cell: "base", name: "weight", value });
  await until(() => (Object.values(session.state.runs)[0]?.rows.length ?? 0) > 5, 60);
  await turn(3);
  await until(() => run().changes.length === 1, 60);
  await turn(0.25);
  await until(() => cellState(session.state, "end")?.status === "done", 60);
  await session.request({ type: "input", cell: "count", name: "count", value: 7 });
  await until(() => unfinishedCells(session.state, cellsToSave(session.state, "all")).length === 0, 60);
}, 120_000);
afterAll(() => session.close());

it("saved after it ran, with a live weight that was turned twice, it verifies as identical", async () => {
  expect(run().changes.filter(({ kind }) => kind === "knob")).toMatchObject([{ value: 3 }, { value: 0.25 }]);
  const record = await save("n.ts", undefined, "Turned twice", `See ${workspace}/n.ts`);
  const made = await json(record);
  expect(made).toMatchObject({ name: "Turned twice", note: "See ./n.ts", status: "done" });
  expect(made.inputs).toMatchObject({ weight: 1, count: 7 });
  expect(made.runs[0].changes).toEqual(run().changes);
  expect(made.models).toHaveLength(1);
  expect(made.data.map(({ path }: { path: string }) => path)).toContain(UPLOADED);
  const outcome = await palimpsest("verify", record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: 120 }] });
}, 120_000);

it("chosen cells take with them what they need, and nothing else", async () => {
  const cells = cellsToSave(session.state, ["words"]);
  expect(cells).toEqual(["base", "count", "words"]);
  const { text, inputs } = notebookOfCells(session.state, cells);
  expect(text).not.toContain("apart");
  expect(inputs).toEqual({ weight: 0.25, count: 7 });
  const record = await save("words-only.ts", cells);
  const made = await json(record);
  expect(made).toMatchObject({ notebook: "words-only.ts", runs: [], status: "done" });
  // Of the data files too: what another cell has read is not in it, neither by content nor by digest.
  expect(made.data.map(({ path }: { path: string }) => path)).toContain(UPLOADED);
  expect(JSON.stringify(made)).not.toContain("apart.txt");
  const whole = await json(await save());
  expect(whole.data.map(({ path }: { path: string }) => path)).toContain("apart.txt");
  expect(await readFile(join(record, "workspace", "words-only.ts"), "utf8")).toBe(text);
  const outcome = await palimpsest("verify", record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical" });
}, 60_000);

it("leaves out the numbers of code that has changed since, and says which cells are stale", async () => {
  await session.request({ type: "settings", lazy: true });
  const { source } = cellState(session.state, "training")!.cell;
  await session.request({ type: "edit", cell: "training", source: source.replace("batch: 3", "batch: 2"), by: "x" });
  const all = cellsToSave(session.state, "all");
  expect(unfinishedCells(session.state, all)).toEqual([
    { cell: "training", why: "stale" },
    { cell: "end", why: "stale" },
    { cell: "card", why: "stale" },
  ]);
  const record = await save();
  expect(await json(record)).toMatchObject({ status: "stopped", runs: [] });
  const outputs = JSON.parse(await readFile(join(record, "outputs.json"), "utf8"));
  expect(outputs.find(({ cell }: { cell: string }) => cell === "end").outputs).toEqual([]);
  await session.request({ type: "edit", cell: "training", source, by: "x" });
  expect(unfinishedCells(session.state, all)).toEqual([]);
});

it("names a data file that was changed after it was read, until it is read again", async () => {
  expect((await saved()).changed).toEqual([]);
  await writeFile(join(workspace, UPLOADED), "something else");
  expect((await saved()).changed).toEqual([UPLOADED]);
  await session.request({ type: "run", cells: ["words"] });
  await until(() => cellState(session.state, "words")?.status === "done");
  expect((await saved()).changed).toEqual([]);
}, 60_000);

it("opened again without running anything, it is still saved with its trainings and what they used", async () => {
  await session.close();
  session = await open();
  const all = cellsToSave(session.state, "all");
  expect(unfinishedCells(session.state, all).every(({ why }) => why === "stale")).toBe(true);
  const record = await save();
  expect(await json(record)).toMatchObject({ status: "stopped", runs: [{ steps: 120 }], models: [{}] });
  expect(await readdir(join(record, "workspace"))).toContain("n.ts");
  const outcome = await palimpsest("verify", record, "--json");
  expect(lastLine(outcome)).toMatchObject({ verdict: "identical", runs: [{ verified: 120 }] });
}, 120_000);

it("does not trust a list of used files that came with a folder", async () => {
  await session.close();
  const path = join(workspace, ".palimpsest", "sessions", "n.uses.json");
  const list = JSON.parse(await readFile(path, "utf8"));
  await writeFile(join(workspace, "private.txt"), "private");
  list.uses.push({ type: "file-used", path: join(workspace, "private.txt") });
  await writeFile(path, JSON.stringify(list));
  session = await open();
  expect((await json(await save())).data).toEqual([]);
});
