import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { main } from "../../../server/main.ts";
import { writeRun } from "../registry/written-run.ts";

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

it("prune refuses what it does not understand, and a call without a rule", async () => {
  const wrong = await call(".", "--runs", "soon");
  expect(wrong).toMatchObject({
    code: 2,
    fault: 'palimpsest: --runs must be an age such as 30d, 12h or 2w, not "soon".\n',
  });
  expect(await call(".")).toMatchObject({ code: 2, fault: expect.stringContaining("Say what to remove") });
});
