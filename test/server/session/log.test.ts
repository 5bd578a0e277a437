import { appendFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import type { LoggedEvent, SessionEvent } from "../../../server/events.ts";
import { Log, type LogListeners } from "../../../server/session/log.ts";
import { type ReadLog, readLog } from "../../../server/session/read-log.ts";
import { stateOf } from "../../../server/state/parts.ts";
import { initialState, reduce } from "../../../server/state/reducer.ts";
import { replay } from "../../../server/state/replay.ts";
import type { SessionState } from "../../../server/state/state.ts";

const notice = (text: string): SessionEvent => ({ type: "notice", level: "info", text });

/** A session that has a state and a log, and no kernel. */
class Logged {
  state: SessionState = initialState("n.ts");
  readonly failures: string[] = [];
  lost = 0;
  log!: Log;

  static async begin(path: string, small?: number): Promise<Logged> {
    const logged = new Logged();
    logged.log = await Log.begin(path, logged.listeners, small);
    return logged;
  }

  readonly listeners: LogListeners = {
    state: () => this.state,
    failed: (error) => {
      this.failures.push(error.message);
      this.happened(notice("not saved"));
    },
    lost: () => {
      this.lost += 1;
    },
  };

  happened(...events: readonly SessionEvent[]): void {
    const logged: LoggedEvent[] = [];
    for (const event of events) {
      const next = { seq: this.state.seq + 1, time: 1, event };
      this.state = reduce(this.state, next);
      logged.push(next);
    }
    this.log.append(logged);
  }
}

async function fresh(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "log-")), "sessions", "n.jsonl");
}

async function read(path: string): Promise<Extract<ReadLog, { kind: "read" }>> {
  const log = await readLog(path);
  if (log.kind !== "read") throw new Error(log.kind);
  return log;
}

async function stateIn(path: string): Promise<SessionState> {
  const { parts, events } = await read(path);
  return replay(stateOf(parts), events);
}

const seqs = async (path: string): Promise<readonly number[]> => (await read(path)).events.map(({ seq }) => seq);

it("gives the appended events back, even if the last line was cut off", async () => {
  const path = await fresh();
  const session = await Logged.begin(path);
  session.happened(notice("é1\n"), notice("2"));
  await session.log.close();
  expect((await stateIn(path)).notice).toEqual(session.state.notice);
  await appendFile(path, '{"seq":4,"time":4,"event":{"type":"not');
  expect(await read(path)).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }], skipped: [] });
});

it("does not save progress and tensor counts", async () => {
  const path = await fresh();
  const session = await Logged.begin(path);
  session.happened({ type: "tensors", total: 0, cells: {} }, notice("a"));
  await session.log.close();
  expect(await seqs(path)).toEqual([2]);
});

it("begins again with the state when its events take more room, and loses nothing", async () => {
  const path = await fresh();
  const session = await Logged.begin(path, 20_000);
  const cell = { id: "a", kind: "code", source: "1", mode: "auto", options: {} } as const;
  session.happened({ type: "opened", path: "n.ts", cells: [cell], inputs: {} });
  for (let edit = 1; edit <= 200; edit++) {
    session.happened({ type: "cell-edited", cell: "a", source: `// ${"x".repeat(1_000)}\n${edit}`, by: "me" });
    if (edit % 7 === 0) await session.log.flush();
    if (edit % 50 === 0) {
      await session.log.flush();
      expect((await stateIn(path)).cells).toEqual(session.state.cells);
    }
  }
  await session.log.close();
  expect(await stateIn(path)).toMatchObject({ seq: session.state.seq, cells: session.state.cells });
  expect((await stat(path)).size).toBeLessThan(45_000);
  expect(await readdir(dirname(path))).toEqual(["n.jsonl"]);
});

it("skips lines that are not valid events and keeps all others, each fault with its field", async () => {
  const path = await fresh();
  expect(await readLog(path)).toEqual({ kind: "none" });
  const session = await Logged.begin(path);
  session.happened(notice("1"));
  await session.log.close();
  const unknown = JSON.stringify({ seq: 2, time: 2, event: { type: "from-the-future" } });
  const wrong = JSON.stringify({ seq: 2, time: 2, event: { type: "notice", level: "loud", text: "" } });
  const right = JSON.stringify({ seq: 3, time: 2, event: notice("3") });
  await appendFile(path, `<<<<<<< HEAD\n${unknown}\n${wrong}\n${right}\n`);
  expect(await seqs(path)).toEqual([1, 3]);
  expect((await read(path)).skipped).toEqual([
    "is not valid JSON",
    expect.stringContaining('"event.type"'),
    expect.stringContaining('"event.level"'),
  ]);
});

it("is damaged if the state at its beginning cannot be read, and says which field is wrong", async () => {
  const path = await fresh();
  await (await Logged.begin(path)).log.close();
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace('"kernel":{"status":"off"}', '"kernel":{"status":"melted"}'));
  expect(await readLog(path)).toMatchObject({ kind: "damaged", fault: expect.stringContaining('"kernel.status"') });
  await writeFile(path, text.slice(0, -10));
  expect(await readLog(path)).toMatchObject({ kind: "damaged" });
});

it("recognises a log of another version", async () => {
  const path = await fresh();
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ seq: 1, time: 1, event: notice("") })}\n`);
  expect(await readLog(path)).toEqual({ kind: "other format" });
});

it("reports a full disk once, though the report is itself appended, and writes all lines when there is space", async () => {
  const path = await fresh();
  const session = await Logged.begin(path);
  const handle = await open(path);
  const write = vi.spyOn(Object.getPrototypeOf(handle), "appendFile").mockRejectedValue(new Error("ENOSPC"));
  await handle.close();
  session.happened(notice("1"));
  await expect(session.log.flush()).rejects.toThrow("ENOSPC");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(session.failures).toEqual(["ENOSPC"]);
  write.mockRestore();
  session.happened(notice("3"));
  await session.log.close();
  expect(await seqs(path)).toEqual([1, 2, 3]);
});

it("goes on in the old file if there is no room to begin again", async () => {
  const path = await fresh();
  const session = await Logged.begin(path, 100);
  const handle = await open(path);
  const write = vi.spyOn(Object.getPrototypeOf(handle), "writeFile").mockRejectedValue(new Error("ENOSPC"));
  await handle.close();
  session.happened(notice("x".repeat(500)), notice("2"));
  await session.log.flush();
  write.mockRestore();
  session.happened(notice("3"));
  await session.log.close();
  expect((await stateIn(path)).notice).toEqual(session.state.notice);
  expect(session.failures).toEqual([]);
});

it("is written again, with everything, when it was deleted", async () => {
  const path = await fresh();
  const session = await Logged.begin(path);
  session.happened(notice("1"));
  await session.log.flush();
  await rm(dirname(path), { recursive: true });
  session.happened(notice("2"));
  await session.log.flush();
  session.happened(notice("3"));
  await session.log.close();
  expect(session.lost).toBe(1);
  expect((await stateIn(path)).notice).toEqual(session.state.notice);
});
