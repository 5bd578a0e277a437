/**
 * A user's own model folders and sentences, from the files to the trained adapter: one notebook trains a model of every family
 * with RaDis. The tokenizer of all of them consists of single letters.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../server/session/open.ts";
import type { Session } from "../../server/session/session.ts";
import { until } from "../server/until.ts";
import { letterConfig, letterTokenizer } from "./letters.ts";

const GOLDEN = new URL("../golden/", import.meta.url);
const FAMILIES = [
  "llama-extended",
  "llama-gqa",
  "llama-old-spelling",
  "llama-rope-scaled",
  "mistral-window",
  "qwen2-bias",
  "qwen3-qknorm",
];

const NOTEBOOK = `// %% all
import { chatModel, lora, pairs, radis, rationales, report, splitPairs, train, translate } from "palimpsest";
const read = await pairs("sentences.jsonl", { from: "English", to: "German" });
const { train: learnt, test } = splitPairs(read.items, { test: 0.3 });
const results = [];
for (const family of ${JSON.stringify(FAMILIES)}) {
  const base = await chatModel("./" + family);
  const written = await rationales(base, learnt, { prompt: "", separator: "\\n", maxTokens: 6 });
  const run = train(base, { method: radis(written, { weight: 1, per: "token" }), adapter: lora({ rank: 2 }), steps: 4, batch: 2 });
  await run.finished;
  const [said] = await translate(run.model, test);
  results.push({ method: family, rows: run.rows.length, loss: run.rows.at(-1).loss, said: typeof said, bad: read.bad.length, adapter: run.id });
}
report(results);
`;

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-data-"));
  for (const family of FAMILIES) {
    await cp(new URL(family, GOLDEN), join(folder, family), { recursive: true });
    await writeFile(join(folder, family, "tokenizer.json"), letterTokenizer());
    await writeFile(join(folder, family, "tokenizer_config.json"), JSON.stringify(letterConfig));
  }
  const rows = ["a dog", "a cat", "the cat", "the dog runs", "he reads", "she reads", "we read"].map((source, at) =>
    JSON.stringify({ source, reference: `ein ${at}` }),
  );
  await writeFile(join(folder, "sentences.jsonl"), [...rows, '{"source": "only one side"}', "{"].join("\n"));
  await writeFile(join(folder, "own.ts"), NOTEBOOK);
  await mkdir(join(folder, ".palimpsest"));
  session = await openSession({
    workspace: folder,
    path: "own.ts",
    backend: "wasm",
    seed: 1,
    use: { kind: "headless", inputs: {} },
  });
});

afterAll(async () => {
  await session?.close();
  await rm(folder, { recursive: true, force: true });
});

it("a model of every family learns from a JSONL file with RaDis and saves its adapter", async () => {
  await session.request({ type: "run", cells: "all" });
  await until(() => {
    const [cell] = session.state.cells;
    if (cell?.status === "failed") throw new Error(cell.error?.message);
    return cell?.status === "done";
  }, 60);
  expect(session.state.results.map(({ method, rows, said, bad }) => [method, rows, said, bad])).toEqual(
    FAMILIES.map((family) => [family, 4, "string", 2]),
  );
  for (const { loss, adapter } of session.state.results) {
    expect(Number(loss)).toBeGreaterThan(0);
    const runFolder = join(folder, ".palimpsest", "runs", String(adapter));
    expect(await readdir(join(runFolder, "adapter"))).toContain("adapter_model.safetensors");
    expect(JSON.parse(await readFile(join(runFolder, "run.json"), "utf8")).config.rationales.written).toBeGreaterThan(
      2,
    );
  }
}, 90_000);
