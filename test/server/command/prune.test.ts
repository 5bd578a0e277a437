import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CLI } from "../../browser/real-server.ts";
import { writeRun } from "../registry/written-run.ts";

it("prune removes what a rule names, and says what it would remove", async () => {
  const folder = await mkdtemp(join(tmpdir(), "prune-"));
  const old = await writeRun(folder, { id: "old", ended: "2025-01-01T00:00:00.000Z" });
  const fresh = await writeRun(folder, { id: "fresh", ended: new Date().toISOString() });
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [CLI, "prune", folder, ...args], { encoding: "utf8" });
  const looked = call("--runs", "30d", "--dry-run", "--json");
  expect([looked.status, looked.stderr]).toEqual([0, ""]);
  expect(JSON.parse(looked.stdout).items.map(({ name }: { name: string }) => name)).toEqual([old]);
  expect(existsSync(join(folder, old))).toBe(true);
  expect(call("--runs", "30d").stdout).toMatch(/^\.palimpsest\/runs\/old {2}.*\n1 item removed, /);
  expect([existsSync(join(folder, old)), existsSync(join(folder, fresh))]).toEqual([false, true]);
  const wrong = call("--runs", "soon");
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    'palimpsest: --runs must be an age such as 30d, 12h or 2w, not "soon".\n',
  ]);
  expect(call().status).toBe(2);
});
