import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, realpath, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../../server/main.ts";
import { Registry } from "../../../server/registry/registry.ts";
import { pruneAtStart } from "../../../server/registry/start-rules.ts";
import { writeRun } from "../registry/written-run.ts";
import { description } from "../runs/any-run.ts";

async function call(
  ...args: string[]
): Promise<{ readonly code: number; readonly out: string; readonly fault: string }> {
  const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const fault = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const code = await main(["prune", ...args]);
  const [printed, said] = [out, fault].map(({ mock }) => mock.calls.map(([chunk]) => String(chunk)).join(""));
  vi.restoreAllMocks();
  return { code, out: printed!, fault: said! };
}

it("prune removes what a rule names, and says what it would remove", async () => {
  const folder = await mkdtemp(join(tmpdir(), "prune-"));
  const old = await writeRun(folder, { id: "old", ended: "2025-01-01T00:00:00.000Z" });
  const fresh = await writeRun(folder, { id: "fresh", ended: new Date().toISOString() });
  const looked = await call(folder, "--runs", "30d", "--dry-run", "--json");
  expect([looked.code, looked.fault]).toEqual([0, ""]);
  const { act, items } = JSON.parse(looked.out) as { act: string; items: { name: string }[] };
  expect([act, items.map(({ name }) => name)]).toEqual(["look", [old]]);
  expect(existsSync(join(folder, old))).toBe(true);
  expect((await call(folder, "--runs", "30d")).out).toMatch(/^\.palimpsest\/runs\/old {2}.*\n1 item removed, /);
  expect([existsSync(join(folder, old)), existsSync(join(folder, fresh))]).toEqual([false, true]);
});

async function writeRecord(folder: string, id: string, given: object = {}): Promise<string> {
  const key = `.palimpsest/records/${id}`;
  await mkdir(join(folder, key), { recursive: true });
  const about = { id, notebook: "n.ts", created: "2025-01-01T00:00:00.000Z", seed: 1, status: "done", runs: [] };
  await writeFile(join(folder, key, "record.json"), JSON.stringify({ ...about, ...given }));
  return key;
}
const longAgo = (path: string): Promise<void> => utimes(path, new Date("2025-01-01"), new Date("2025-01-01"));

it("prune moves old records to the trash, but those with a name, a note, a marked run or a run that goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "prune-"));
  const { id: _, seed: __, started: ___, ended: ____, notebook: _____, ...about } = description();
  const runs = ["pinned", "live"].map((id) => ({ ...about, id, status: "done" }));
  const pinned = await writeRun(folder, { id: "pinned" });
  await writeRun(folder, { id: "live", status: "running" });
  await writeFile(
    join(folder, ".palimpsest", "marks.json"),
    JSON.stringify({ [pinned]: { note: "", tags: [], pinned: true } }),
  );
  const old = await writeRecord(folder, "old");
  await writeRecord(folder, "fresh");
  await writeRecord(folder, "named", { name: "The good one" });
  await writeRecord(folder, "of-pinned", { runs: [runs[0]] });
  await writeRecord(folder, "of-live", { runs: [runs[1]] });
  for (const id of ["old", "named", "of-pinned", "of-live"])
    await longAgo(join(folder, ".palimpsest", "records", id, "record.json"));
  const names = (out: string): string[] => JSON.parse(out).items.map(({ name }: { name: string }) => name);
  expect(names((await call(folder, "--records", "30d", "--dry-run", "--json")).out)).toEqual([old]);
  expect(names((await call(folder, "--records", "30d", "--json")).out)).toEqual([old]);
  expect(existsSync(join(folder, old))).toBe(false);
  expect(existsSync(join(folder, ".palimpsest", "trash", "old", "record.json"))).toBe(true);
  expect(names((await call(folder, "--records", "30d", "--all", "--json")).out).sort()).toEqual([
    ".palimpsest/records/named",
    ".palimpsest/records/of-pinned",
  ]);
  expect(names((await call(folder, "--trash", "0d", "--json")).out)).toHaveLength(3);
});

describe("a rule for each start", () => {
  beforeEach(async () => {
    vi.stubEnv("XDG_STATE_HOME", await mkdtemp(join(tmpdir(), "state-")));
    return () => vi.unstubAllEnvs();
  });

  it("is applied to its own folder until it is turned off, and is not there by default", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "prune-")));
    const other = await realpath(await mkdtemp(join(tmpdir(), "prune-")));
    const rerun = () => writeRun(folder, { id: "old", ended: "2025-01-01T00:00:00.000Z" });
    await rerun();
    await writeRun(other, { id: "old", ended: "2025-01-01T00:00:00.000Z" });
    expect((await pruneAtStart(new Registry(folder))).items).toEqual([]);
    const on = await call(folder, "--runs", "30d", "--trash", "0d", "--at-start", "on");
    expect(on.out).toContain("2 items removed");
    expect(on.out).toContain("palimpsest start will do the same");
    await rerun();
    expect((await pruneAtStart(new Registry(folder))).items.map(({ name }) => name)).toEqual([
      ".palimpsest/runs/old",
      ".palimpsest/trash/old",
    ]);
    expect((await pruneAtStart(new Registry(other))).items).toEqual([]);
    // A folder that came from elsewhere cannot bring rules along.
    expect(await readdir(join(folder, ".palimpsest"))).not.toContain("prune-at-start.json");
    expect((await call(folder, "--at-start", "off")).out).toBe(
      "palimpsest start removes nothing when it opens this folder.\n",
    );
    await rerun();
    expect((await pruneAtStart(new Registry(folder))).items).toEqual([]);
    for (const wrong of [
      ["--at-start", "on"],
      ["--at-start", "sometimes"],
      ["--runs", "1d", "--at-start", "on", "--dry-run"],
    ])
      expect((await call(folder, ...wrong)).code, wrong.join(" ")).toBe(2);
  });
});

it("prune refuses what it does not understand, and a call without a rule", async () => {
  const wrong = await call(".", "--runs", "soon");
  expect(wrong).toMatchObject({
    code: 2,
    fault: 'palimpsest: --runs must be an age such as 30d, 12h or 2w, not "soon".\n',
  });
  expect(await call(".")).toMatchObject({ code: 2, fault: expect.stringContaining("Say what to remove") });
});
