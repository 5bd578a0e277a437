import { appendFile, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { LoggedEvent } from "../../../server/events.ts";
import { Log, readLog } from "../../../server/session/log.ts";

const events: readonly LoggedEvent[] = [1, 2, 3].map((seq) => ({
  seq,
  time: seq,
  event: { type: "notice", level: "info", text: `é${seq}\n` },
}));

async function fresh(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "log-")), "sessions", "n.jsonl");
}

function fail(error: Error): void {
  throw error;
}

it("gives back what was appended, and survives a torn last line", async () => {
  const path = await fresh();
  const log = await Log.begin(path, events.slice(0, 1), fail);
  log.append(events.slice(1));
  await log.flush();
  expect(await readLog(path)).toEqual(events);
  await log.close();
  await appendFile(path, '{"seq":4,"time":4,"event":{"type":"not');
  expect(await readLog(path)).toEqual(events);
});

it("begins anew without ever being empty on the disk, and goes on in the new file", async () => {
  const path = await fresh();
  await (await Log.begin(path, events, fail)).close();
  const log = await Log.begin(path, events.slice(2), fail);
  log.append(events.slice(0, 1));
  await log.close();
  expect((await readLog(path)).map((logged) => logged.seq)).toEqual([3, 1]);
});

it("does not keep what passes: progress and tensor counts", async () => {
  const path = await fresh();
  const log = await Log.begin(path, [], fail);
  log.append([{ seq: 1, time: 1, event: { type: "tensors", total: 0, cells: {} } }, ...events.slice(1)]);
  await log.close();
  expect((await readFile(path, "utf8")).split("\n").length).toBe(3);
});

it("takes a log that is missing, or is no log, as empty", async () => {
  const path = await fresh();
  expect(await readLog(path)).toEqual([]);
  await (await Log.begin(path, [], fail)).close();
  await appendFile(path, "<<<<<<< HEAD\n");
  expect(await readLog(path)).toEqual([]);
});
