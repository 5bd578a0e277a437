/** Archives and records from elsewhere write nothing outside of their folder, take no more space than records do, and run nothing. */
import { mkdtemp, readdir, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { FORMAT } from "../../server/records/record.ts";
import { unpackRecord } from "../../server/records/unpack-record.ts";
import { digestOf } from "../../server/records/used-files.ts";
import { packed, unpack } from "../../server/records/zip.ts";
import { palimpsest } from "../server/records/stage.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "archives-")));
});

const NOTEBOOK = '// %% a\nimport { writeFileSync } from "node:fs";\nwriteFileSync("ran.txt", "");\n';

/** A record with a notebook. */
async function archive(change: (record: Record<string, unknown>) => object = (record) => record): Promise<string> {
  const paths = ["workspace/n.ts", "workspace/.palimpsest/marks.json"];
  const texts = new Map(paths.map((path) => [path, NOTEBOOK]));
  await writeFile(join(folder, "n.ts"), NOTEBOOK);
  const sha256 = await digestOf(join(folder, "n.ts"));
  const record = {
    ...{ format: FORMAT, id: "20260101-000000-n", notebook: "n.ts", created: "2026-01-01T00:00:00Z", status: "done" },
    ...{ seed: 1, inputs: { n: 3 }, environment: {}, models: [], data: [], runs: [], cells: [] },
    files: paths.map((path) => ({ path, sha256, bytes: NOTEBOOK.length })),
  };
  const text = JSON.stringify(change(record));
  await writeFile(join(folder, "r.json"), text);
  texts.set("record.json", text);
  // What a record does not list: a verdict that nobody here has found, and a file of any name.
  texts.set("certificate.json", '{"verdict":"identical"}').set("runs/extra.txt", "");
  texts.set("record.sha256", `${await digestOf(join(folder, "r.json"))}  record.json\n`);
  const path = join(folder, "x.zip");
  await writeFile(path, await packed(folder, [], texts));
  return path;
}

async function zipped(files: Readonly<Record<string, string>>): Promise<string> {
  const bytes = await packed(folder, [], new Map(Object.entries(files)));
  await writeFile(join(folder, "bad.zip"), bytes);
  return join(folder, "bad.zip");
}

it.each(["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "C:\\evil.txt", "a\\..\\..\\evil.txt", "./evil.txt"])(
  "refuses an archive with the path %s, before it writes anything",
  async (path) => {
    const bad = await zipped({ "record.json": "{}", [path]: "evil" });
    const target = join(folder, "target");
    await expect(unpack(bad, target)).rejects.toThrow("leads out of it");
    await expect(stat(target)).rejects.toThrow();
    const { code, err } = await palimpsest("verify", bad);
    expect([code, err]).toEqual([2, expect.stringContaining("leads out of it")]);
  },
);

it("refuses an archive that would take much more space than it has", async () => {
  const bytes = await packed(folder, [], new Map([["zeros.txt", "0".repeat(100 * 2 ** 20)]]));
  expect(bytes.length).toBeLessThan(2 ** 20);
  await writeFile(join(folder, "bomb.zip"), bytes);
  const before = process.memoryUsage().rss;
  await expect(unpack(join(folder, "bomb.zip"), join(folder, "target"))).rejects.toThrow("much more space");
  expect(process.memoryUsage().rss - before).toBeLessThan(64e6);
});

it("says what is no archive", async () => {
  await writeFile(join(folder, "no.zip"), "no archive at all");
  const { code, err } = await palimpsest("verify", join(folder, "no.zip"));
  expect([code, err]).toEqual([2, expect.stringContaining("is not a zip archive")]);
});

it.each([
  ["a notebook", { notebook: "../../n.ts" }],
  ["a file", { files: [{ path: "/etc/passwd", sha256: "0".repeat(64), bytes: 1 }] }],
  ["a data file", { data: [{ path: "../secret", sha256: "0".repeat(64), bytes: 1, included: false }] }],
])("refuses a record in which %s leads out of it", async (_, change) => {
  const bad = await archive((record) => ({ ...record, ...change }));
  const { code, err } = await palimpsest("verify", bad);
  expect([code, err]).toEqual([2, expect.stringContaining("must be a path inside the record")]);
});

it.each(["../../../../elsewhere", "..", "a\\b"])(
  "refuses a record with the name %s, in place of a folder's name",
  async (id) => {
    const path = await archive((record) => ({ ...record, id }));
    await expect(unpackRecord(path)).rejects.toThrow("must be the name of a folder");
    expect((await readdir(folder)).sort()).toEqual(["n.ts", "r.json", "x.zip"]);
  },
);

it("deletes nothing elsewhere for a run whose name leads out of the record", async () => {
  const victim = await mkdtemp(join(tmpdir(), "victim-"));
  await writeFile(join(victim, "kept.txt"), "");
  const id = `${"../".repeat(40)}${victim.slice(1)}`;
  const run = {
    ...{ id, cell: "a", nth: 0, method: "m", steps: 2, status: "done", config: {}, knobs: {}, changes: [], after: [] },
    checkpoints: [1],
  };
  const bad = await archive((record) => ({ ...record, runs: [run] }));
  const { code, err } = await palimpsest("verify", bad, "--segments", "5");
  expect([code, err]).toEqual([2, expect.stringContaining("must be the name of a folder")]);
  expect(await readdir(victim)).toEqual(["kept.txt"]);
});

it("unpacks a record beside the archive, with its inputs, opens it inert, and never over something else", async () => {
  const path = await archive();
  const place = await unpackRecord(path);
  expect(place).toBe(join(folder, "x"));
  expect(await readFile(join(place, "n.ts"), "utf8")).toBe(NOTEBOOK);
  expect(JSON.parse(await readFile(join(place, ".palimpsest/inputs/n.json"), "utf8"))).toEqual({ n: 3 });
  expect(await readdir(join(place, ".palimpsest/records"))).toEqual(["20260101-000000-n"]);
  expect((await readdir(join(place, ".palimpsest"))).sort()).toEqual(["inputs", "records"]);
  const record = join(place, ".palimpsest/records/20260101-000000-n");
  expect((await readdir(record)).sort()).toEqual(["record.json", "record.sha256", "workspace"]);
  expect(await readdir(place)).not.toContain("ran.txt");
  await writeFile(join(place, "n.ts"), "// mine\n");
  expect(await unpackRecord(path)).toBe(place);
  expect(await readFile(join(place, "n.ts"), "utf8")).toBe("// mine\n");
  await archive((record) => ({ ...record, seed: 2 }));
  await expect(unpackRecord(path)).rejects.toThrow("already exists and is not this record");
  expect((await readdir(folder)).filter((name) => name.startsWith(".x-"))).toEqual([]);
});
