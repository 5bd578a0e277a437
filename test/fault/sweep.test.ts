/** A sweep that is killed or cancelled goes on with the same command, and its entries have the results of undisturbed ones. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ReportedEntry } from "../../server/sweep/report.ts";
import {
  comparable,
  entriesIn,
  filesOf,
  gridOf,
  keyOf,
  keysOf,
  restartsOf,
  run,
  startSweep,
  type Training,
  tinyNotebook,
  trainingsIn,
} from "../server/sweep/tiny-sweep.ts";
import { until } from "../server/until.ts";
import { howMany } from "./soak.ts";

/** Four entries; eight with `npm run soak`. */
const SEEDS = howMany(1, 2) as 1 | 2;
const GRID = gridOf(SEEDS);

it("goes on after SIGKILL with what is left, waits for the entry that still runs, and has the same results to the last digit as one that was cancelled and gone on with", async () => {
  const [killed, cancelled] = await Promise.all([tinyNotebook(150, 10), tinyNotebook(150, 10)]);
  const first = startSweep(killed, [...GRID, "--jobs", "2"]);
  let open: readonly Training[] = [];
  await until(async () => {
    open = await trainingsIn(killed);
    return open.length === 2 && (await filesOf(killed, "result.json")).size >= SEEDS;
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

  // --cancel, as Ctrl-C: what runs saves its checkpoints and ends, and no process is left.
  const stopped = startSweep(cancelled, [...GRID, "--jobs", "2"]);
  await until(async () => (await trainingsIn(cancelled)).length > 0, 90);
  const cancel = await startSweep(cancelled, [...GRID, "--cancel"]).ended;
  expect(cancel.err).toMatch(/Entries that were running here: [12]\.$/m);
  const { code, err, ...rest } = await stopped.ended;
  expect([code, err]).toEqual([1, expect.stringContaining("they save checkpoints")]);
  const statuses = entriesIn({ code, err, ...rest }).map(({ status }) => status);
  expect(statuses).toContain("interrupted");
  expect(statuses).not.toContain("running");
  expect(await trainingsIn(cancelled)).toEqual([]);

  const ended = await Promise.all(
    [killed, cancelled].map((folder) => startSweep(folder, [...GRID, "--jobs", "2"]).ended),
  );
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  const [entries, others] = ended.map(entriesIn) as [ReportedEntry[], ReportedEntry[]];
  expect(comparable(entries)).toEqual(comparable(others));
  expect(entries.map(keyOf)).toEqual(keysOf(SEEDS));
  expect(new Set(entries.map(({ results }) => results[0]!.chrf)).size).toBe(4 * SEEDS);

  // What was done was not run again, and what still ran was not started twice.
  const logs = await filesOf(killed, "log.txt");
  const attempts = (id: string): number => logs.get(id)!.split("\n--- ").length;
  for (const id of done.keys()) expect(attempts(id)).toBe(1);
  expect(attempts(left.id)).toBe(1);
  expect(attempts(cut.id)).toBeGreaterThanOrEqual(2);
  expect(await restartsOf(cut.run)).toBeLessThanOrEqual(2);

  // Each entry is a record; that of the one that was killed in the middle verifies to the last bit.
  for (const { record } of entries) expect(await readFile(join(record!, "record.json"), "utf8")).toContain("rank");
  const verdict = await run(["verify", entries.find(({ id }) => id === cut.id)!.record!, "--json"], killed).ended;
  expect(JSON.parse(verdict.out.trim().split("\n").at(-1)!)).toMatchObject({
    verdict: "identical",
    runs: [{ steps: 150, verified: 150 }],
  });

  // A larger sweep runs only what is new; what has failed runs again.
  const more = await startSweep(cancelled, [
    "--grid",
    "rank=2,9",
    "--grid",
    "weight=0",
    "--seeds",
    String(SEEDS),
    "--jobs",
    "2",
  ]).ended;
  expect(more.code).toBe(1);
  const larger = entriesIn(more);
  expect(larger.map(({ status }) => status)).toEqual([...Array(SEEDS).fill("done"), ...Array(SEEDS).fill("failed")]);
  expect(larger.slice(0, SEEDS)).toEqual(others.slice(0, SEEDS));
  const { sweep } = JSON.parse(more.out);
  const log = await readFile(join(sweep, "entries", larger[SEEDS]!.id, "log.txt"), "utf8");
  expect(log).toContain('rank cannot be "9": it must be at most 8');
  expect(more.err).not.toContain("rank=2 weight=0");
}, 600_000);
