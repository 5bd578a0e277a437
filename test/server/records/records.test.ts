/** A record is made, moved, verified, tampered with and packed. */
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../../server/records/canonical-json.ts";
import { digestOf } from "../../../server/records/used-files.ts";
import { entriesOf } from "../../../server/records/zip.ts";
import { files, folder, lastLine, notebook, palimpsest } from "./stage.ts";

const STEPS = 6;
const SECRET = "hush-hush-4711";
let workspace: string;
let models: string;
let record: string;
let run: string;

/** The model lies outside of the workspace, named by an absolute path; a data file and a project file lie inside. */
beforeAll(async () => {
  [workspace, models] = [await folder("records"), await folder("models")];
  const { base, rest } = await notebook(models, STEPS, ", checkpointEvery: 2");
  const [, name = ""] = base.match(/chatModel\("\.\/([^"]*)"\)/) ?? [];
  const own = `
// %% own
import { readFile } from "node:fs/promises";
import { twice } from "./lib.ts";
const letters = (await readFile("words.txt", "utf8")).length;
show({ letters: twice(letters), home: process.env.HOME, secret: process.env.API_TOKEN, here: process.cwd() });
`;
  await files(workspace, {
    "n.ts": base.replace(`"./${name}"`, JSON.stringify(join(models, name))) + own + rest,
    "lib.ts": "export const twice = (n: number): number => 2 * n;\n",
    "words.txt": "one two three",
  });
  process.env.API_TOKEN = SECRET;
  const outcome = await palimpsest("run", join(workspace, "n.ts"), "--json", "--backend", "wasm", "--set", "seed=3");
  if (outcome.code !== 0) throw new Error(outcome.err);
  expect(lastLine(outcome)).toMatchObject({ status: "done", record: expect.stringContaining(".palimpsest/records/") });
  record = lastLine(outcome).record;
  run = lastLine(outcome).runs[0].id;
}, 60_000);

afterAll(() => void Reflect.deleteProperty(process.env, "API_TOKEN"));

/** A copy in another folder, with one of its files changed. */
async function copied(path?: string, change: (text: Buffer) => Buffer | string = (text) => text): Promise<string> {
  const copy = join(await folder("copied"), "elsewhere");
  await cp(record, copy, { recursive: true });
  await rm(join(copy, "certificate.json"), { force: true });
  if (path !== undefined) await writeFile(join(copy, path), change(await readFile(join(copy, path))));
  return copy;
}

const json = async (path: string) => JSON.parse(await readFile(join(record, path), "utf8"));

describe("a record", () => {
  it("holds the notebook, files, inputs, seed, runs with their rows, digests, results and the environment", async () => {
    const text = await readFile(join(record, "record.json"), "utf8");
    const content = JSON.parse(text);
    expect(text).toBe(`${canonicalJson(content)}\n`);
    expect(await readFile(join(record, "record.sha256"), "utf8")).toContain(
      await digestOf(join(record, "record.json")),
    );
    expect(content).toMatchObject({
      notebook: "n.ts",
      status: "done",
      seed: 3,
      inputs: { weight: 1 },
      data: [{ path: "words.txt", included: true, sha256: await digestOf(join(workspace, "words.txt")) }],
      runs: [{ id: run, cell: "training", status: "done", checkpoints: [2, 4], adapter: expect.any(String) }],
      environment: { backend: "wasm", kernels: expect.any(String), node: process.version, threads: expect.any(String) },
    });
    const [model] = content.models;
    expect(model).toMatchObject({ origin: "outside", name: expect.stringMatching(/^\.\/[\w-]+$/) });
    const weights = await digestOf(join(models, model.name, "model.safetensors"));
    expect(model.files).toContainEqual(expect.objectContaining({ path: "model.safetensors", sha256: weights }));
    const tokenizer = await digestOf(join(models, model.name, "tokenizer.json"));
    expect(model.digests).toEqual({ weights: expect.any(String), tokenizer, template: expect.any(String) });
    const names = model.files.map(({ path }: { path: string }) => path);
    expect(names).toEqual(expect.arrayContaining(["model.safetensors", "tokenizer.json", "tokenizer_config.json"]));
    const rows = (await readFile(join(record, "runs", run, "rows.jsonl"), "utf8")).trimEnd().split("\n");
    expect(rows.map((line) => JSON.parse(line).step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await readFile(join(record, "workspace/lib.ts"), "utf8")).toContain("twice");
    expect(await json("results.json")).toEqual([{ method: "both", loss: JSON.parse(rows[5]!).loss }]);
  });

  it("names no place, user or secret of this machine, in no byte of its files", async () => {
    const entries = await readdir(record, { recursive: true, withFileTypes: true });
    const all = entries.filter((entry) => entry.isFile());
    expect(all.length).toBeGreaterThan(10);
    const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
    const forbidden = [workspace, models, tmpdir(), `${homedir()}/`, root, dirname(process.execPath), SECRET];
    // A short name may occur anywhere.
    if (hostname().length > 5) forbidden.push(hostname());
    for (const { parentPath, name } of all) {
      const bytes = await readFile(join(parentPath, name));
      expect([name, forbidden.filter((text) => bytes.includes(text))]).toEqual([name, []]);
    }
  });
});

describe("verify", () => {
  it("finds a record identical in another folder, and says what it compared", async () => {
    const copy = await copied();
    const outcome = await palimpsest("verify", copy, "--json");
    const report = lastLine(outcome);
    expect(report).toEqual({
      verdict: "identical",
      record: copy,
      runs: [{ id: run, method: "both", steps: STEPS, verified: STEPS }],
      environment: expect.arrayContaining([{ name: "backend", recorded: "wasm", now: "wasm" }]),
    });
    expect(outcome.code).toBe(0);
    expect(JSON.parse(await readFile(join(copy, "certificate.json"), "utf8"))).toMatchObject({
      verdict: "identical",
      digest: await digestOf(join(copy, "record.json")),
      coverage: { kind: "all" },
      environment: { backend: "wasm" },
    });
  });

  it("finds it equal within the tolerance on another backend", async () => {
    const outcome = await palimpsest("verify", record, "--json", "--backend", "cpu");
    const { first, verdict, environment } = lastLine(outcome);
    expect([first, verdict, outcome.code]).toEqual([undefined, "within tolerance", 0]);
    expect(environment).toContainEqual({ name: "backend", recorded: "wasm", now: "cpu" });
  });

  it.each([
    ["rows", () => `runs/${run}/rows.jsonl`],
    ["data", () => "workspace/words.txt"],
    ["adapter", () => `runs/${run}/adapter/adapter_model.safetensors`],
    ["code", () => "workspace/n.ts"],
    ["the code of a project file", () => "workspace/lib.ts"],
    ["the description", () => "record.json"],
    ["outputs", () => "outputs.json"],
  ])("names the file if one byte of %s was changed", async (_, pathOf) => {
    const path = pathOf();
    const copy = await copied(path, (bytes) => {
      bytes[bytes.length >> 1]! ^= 1;
      return bytes;
    });
    const { code, err } = await palimpsest("verify", copy);
    expect([code, err]).toEqual([2, expect.stringContaining(`${path} was changed`)]);
  });

  it("names the first number that differs, although every digest fits", async () => {
    const path = `runs/${run}/rows.jsonl`;
    const copy = await copied(path, (bytes) => {
      const rows = bytes.toString().trimEnd().split("\n");
      return rows.map((row, at) => `${at === 3 ? row.replace(/"loss":[^,]*/, '"loss":1.5') : row}\n`).join("");
    });
    const content = JSON.parse(await readFile(join(copy, "record.json"), "utf8"));
    for (const file of content.files) if (file.path === path) file.sha256 = await digestOf(join(copy, path));
    await writeFile(join(copy, "record.json"), `${canonicalJson(content)}\n`);
    await writeFile(join(copy, "record.sha256"), `${await digestOf(join(copy, "record.json"))}  record.json\n`);
    const outcome = await palimpsest("verify", copy, "--json", "--steps", "4");
    const report = lastLine(outcome);
    expect(report).toMatchObject({ verdict: "different", first: { run, step: 4, column: "loss", recorded: 1.5 } });
    expect(typeof report.first.now).toBe("number");
    expect(outcome.code).toBe(1);
  });

  it("covers stretches between checkpoints: the run continues there", async () => {
    const copy = await copied();
    const report = lastLine(await palimpsest("verify", copy, "--json", "--segments", "2"));
    expect(report).toMatchObject({ verdict: "identical", runs: [{ id: run, verified: 4 }] });
    const { coverage } = JSON.parse(await readFile(join(copy, "certificate.json"), "utf8"));
    const stretches = coverage.steps.map(({ from, to }: { from: number; to: number }) => `${from}-${to}`);
    expect([coverage.kind, new Set(stretches).size]).toEqual(["segments", 2]);
    expect(["0-2", "2-4", "4-6"]).toEqual(expect.arrayContaining(stretches));
  });

  it("says which model is missing, and what to do", async () => {
    const copy = await copied("record.json", (bytes) => bytes.toString().replaceAll('"./tiny', '"./other'));
    await writeFile(join(copy, "record.sha256"), `${await digestOf(join(copy, "record.json"))}  record.json\n`);
    const missing = await palimpsest("verify", copy, "--steps", "1");
    expect([missing.code, missing.err]).toEqual([2, expect.stringMatching(/model \.\/other.* --files <folder>/)]);
  });

  it.each([
    [["verify"], /Name a record: palimpsest verify <record>/],
    [["verify", "/nowhere"], /no record \/nowhere/],
    [["verify", tmpdir()], /is not a record: it has no file record\.json/],
    [["verify", tmpdir(), "--steps", "0"], /--steps must be a whole number/],
    [["verify", tmpdir(), "--steps", "1", "--segments", "1"], /not both/],
    [["pack", tmpdir()], /Say where to write it/],
  ])("%j is misuse", async (args, message) => {
    const { code, err } = await palimpsest(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

it("a run that failed is recorded with its error, and verifies if it fails again; it has no steps to verify", async () => {
  const where = await folder("failed");
  await files(where, { "f.ts": '// %% good\nconst n = 1;\nn\n\n// %% bad\nthrow new Error("in " + process.cwd());\n' });
  const ran = await palimpsest("run", join(where, "f.ts"), "--json", "--backend", "cpu");
  const { record: failed, status } = lastLine(ran);
  expect([ran.code, status]).toEqual([1, "failed"]);
  const { cells } = JSON.parse(await readFile(join(failed, "record.json"), "utf8"));
  expect(cells[1]).toMatchObject({ id: "bad", status: "failed", error: "in ." });
  expect(lastLine(await palimpsest("verify", failed, "--json"))).toMatchObject({ verdict: "identical", runs: [] });
  const none = await palimpsest("verify", failed, "--steps", "3");
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("no training. Verify it without --steps")]);
});

describe("pack", () => {
  it("makes the same archive each time, which verifies, and describes itself as an RO-Crate", async () => {
    const where = await folder("packed");
    const [a, b] = [join(where, "a.zip"), join(where, "b.zip")];
    expect((await palimpsest("pack", record, "-o", a)).code).toBe(0);
    expect((await palimpsest("pack", await copied(), "-o", b)).code).toBe(0);
    expect((await readFile(a)).equals(await readFile(b))).toBe(true);
    const report = lastLine(await palimpsest("verify", a, "--steps", "2", "--json"));
    expect(report).toMatchObject({ verdict: "identical", record: a, runs: [{ verified: 2 }] });
    expect(JSON.parse(await readFile(join(where, "a.certificate.json"), "utf8")).coverage.kind).toBe("steps");
    const files = await entriesOf(a);
    const crate: { "@graph": { "@id": string }[] } = JSON.parse(
      new TextDecoder().decode(files.get("ro-crate-metadata.json")),
    );
    const graph = new Map(crate["@graph"].map((entity) => [entity["@id"], entity]));
    expect(graph.get("ro-crate-metadata.json")).toMatchObject({
      conformsTo: { "@id": "https://w3id.org/ro/crate/1.3" },
    });
    expect(graph.get("./")).toMatchObject({ mainEntity: { "@id": "workspace/n.ts" } });
    expect(graph.get("#run")).toMatchObject({ instrument: { "@id": "workspace/n.ts" } });
    // Every reference leads to an entity of the crate, or out into the web.
    const ids = [...JSON.stringify(crate).matchAll(/\{"@id":"([^"]*)"\}/g)].map(([, id = ""]) => id);
    expect(ids.filter((id) => !graph.has(id) && !/^https?:/.test(id))).toEqual([]);
    expect([...files.keys()].filter((path) => !graph.has(path))).toEqual(["record.sha256"]);
  });
});
