import { appendFile, mkdir, mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
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

const read = async (path: string): Promise<readonly LoggedEvent[]> => {
  const log = await readLog(path);
  if (log.kind !== "events") throw new Error(log.kind);
  return log.events;
};

it("gives the appended events back, even if the last line was cut off", async () => {
  const path = await fresh();
  const log = await Log.begin(path, events.slice(0, 1), fail);
  log.append(events.slice(1));
  await log.flush();
  expect(await read(path)).toEqual(events);
  await log.close();
  await appendFile(path, '{"seq":4,"time":4,"event":{"type":"not');
  expect(await readLog(path)).toEqual({ kind: "events", events, skipped: [] });
});

it("is replaced without ever being empty on disk, and continues in the new file", async () => {
  const path = await fresh();
  await (await Log.begin(path, events, fail)).close();
  const log = await Log.begin(path, events.slice(2), fail);
  log.append(events.slice(0, 1));
  await log.close();
  expect((await read(path)).map((logged) => logged.seq)).toEqual([3, 1]);
});

it("does not save progress and tensor counts", async () => {
  const path = await fresh();
  const log = await Log.begin(path, [], fail);
  log.append([{ seq: 1, time: 1, event: { type: "tensors", total: 0, cells: {} } }, ...events.slice(1)]);
  await log.close();
  expect((await readFile(path, "utf8")).split("\n").length).toBe(4);
});

it("skips lines that are not valid events and keeps all others, each fault with its field", async () => {
  const path = await fresh();
  expect(await read(path)).toEqual([]);
  await (await Log.begin(path, events.slice(0, 1), fail)).close();
  const unknown = JSON.stringify({ seq: 2, time: 2, event: { type: "from-the-future" } });
  const wrong = JSON.stringify({ seq: 2, time: 2, event: { type: "notice", level: "loud", text: "" } });
  await appendFile(path, `<<<<<<< HEAD\n${unknown}\n${wrong}\n${JSON.stringify(events[1])}\n`);
  const log = await readLog(path);
  expect(log).toMatchObject({ kind: "events", events: events.slice(0, 2) });
  expect(log.kind === "events" && log.skipped).toEqual([
    "is not valid JSON",
    expect.stringContaining('"event.type"'),
    expect.stringContaining('"event.level"'),
  ]);
});

it("recognises a log of another version", async () => {
  const path = await fresh();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(events[0])}\n`);
  expect(await readLog(path)).toEqual({ kind: "other format" });
});

it("reports a full disk once, though the report is itself appended, and writes all lines when there is space", async () => {
  const path = await fresh();
  const failures: string[] = [];
  const log = await Log.begin(path, [], (error) => {
    failures.push(error.message);
    log.append(events.slice(1, 2));
  });
  const handle = await open(path);
  const write = vi.spyOn(Object.getPrototypeOf(handle), "appendFile").mockRejectedValue(new Error("ENOSPC"));
  await handle.close();
  log.append(events.slice(0, 1));
  await expect(log.flush()).rejects.toThrow("ENOSPC");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(failures).toEqual(["ENOSPC"]);
  write.mockRestore();
  log.append(events.slice(2));
  await log.close();
  expect(await read(path)).toEqual(events);
});
