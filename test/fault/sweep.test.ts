/** A sweep that is killed goes on with the same command, and has the results of one that was not. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ReportedEntry } from "../../server/sweep/report.ts";
import {
  comparable,
  entriesIn,
  filesOf,
  GRID,
  KEYS,
  keyOf,
  restartsOf,
  startSweep,
  type Training,
  tinyNotebook,
  trainingsIn,
} from "../server/sweep/tiny-sweep.ts";
import { until } from "../server/until.ts";

it("goes on after SIGKILL with what is left, waits for the entry that still runs, and has the same results to the last digit; so after Ctrl-C", async () => {
  const [killed, plain] = await Promise.all([tinyNotebook(150, 10), tinyNotebook(150, 10)]);
  const first = startSweep(killed, [...GRID, "--jobs", "2"]);
  let open: readonly Training[] = [];
  await until(async () => {
    open = await trainingsIn(killed);
    return open.length === 2 && (await filesOf(killed, "result.json")).size >= 2;
  }, 90);
  first.child.kill("SIGKILL");
  const [cut, left] = open as [Training, Training];
  process.kill(cut.pid, "SIGKILL");
  await first.ended;
  const done = await filesOf(killed, "result.json");

  const states = new Map(
    entriesIn(await startSweep(killed, [...GRID, "--status"]).ended).map(({ id, status }) => [id, status]),
  );
  for (const id of done.keys()) expect(states.get(id)).toBe("done");
  expect(states.get(cut.id)).toBe("interrupted");
  expect(["running", "done"]).toContain(states.get(left.id));

  // Ctrl-C: what runs saves its checkpoints and ends, and no process is left.
  const stopped = startSweep(killed, [...GRID, "--jobs", "2"]);
  await until(async () => (await trainingsIn(killed)).some(({ id }) => id !== cut.id && id !== left.id), 90);
  stopped.child.kill("SIGINT");
  const { code, err, ...rest } = await stopped.ended;
  expect([code, err]).toEqual([1, expect.stringContaining("they save checkpoints")]);
  const statuses = entriesIn({ code, err, ...rest }).map(({ status }) => status);
  expect(statuses).toContain("interrupted");
  expect(statuses).not.toContain("running");
  expect(await trainingsIn(killed)).toEqual([]);

  const ended = await Promise.all([killed, plain].map((folder) => startSweep(folder, [...GRID, "--jobs", "2"]).ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  const [entries, uninterrupted] = ended.map(entriesIn) as [ReportedEntry[], ReportedEntry[]];
  expect(comparable(entries)).toEqual(comparable(uninterrupted));
  expect(entries.map(keyOf)).toEqual(KEYS);
  expect(new Set(entries.map(({ results }) => results[0]!.chrf)).size).toBe(8);

  // What was done was not run again, and what still ran was not started twice.
  const logs = await filesOf(killed, "log.txt");
  const attempts = (id: string): number => logs.get(id)!.split("\n--- ").length;
  for (const id of done.keys()) expect(attempts(id)).toBe(1);
  expect(attempts(left.id)).toBe(1);
  expect(attempts(cut.id)).toBeGreaterThanOrEqual(2);
  expect(await restartsOf(cut.run)).toBeLessThanOrEqual(2);

  // A larger sweep runs only what is new; what has failed runs again.
  const more = await startSweep(plain, ["--grid", "rank=2,9", "--grid", "weight=0", "--seeds", "2", "--jobs", "2"])
    .ended;
  expect(more.code).toBe(1);
  const larger = entriesIn(more);
  expect(larger.map(({ status }) => status)).toEqual(["done", "done", "failed", "failed"]);
  expect(larger.slice(0, 2)).toEqual(uninterrupted.slice(0, 2));
  const { sweep } = JSON.parse(more.out);
  const log = await readFile(join(sweep, "entries", larger[2]!.id, "log.txt"), "utf8");
  expect(log).toContain('rank cannot be "9": it must be at most 8');
  expect(more.err).not.toContain("rank=2 weight=0");
}, 300_000);
