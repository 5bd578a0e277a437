import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ConsoleLine } from "../../../server/events.ts";
import { ConsoleBuffer } from "../../../server/session/console-buffer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const line = (text: string): ConsoleLine => ({ level: "log", text });
const texts = (lines: readonly ConsoleLine[]): string[] => lines.map(({ text }) => text);

test("lines are sent in batches, in their order, or at once when asked", () => {
  const sent: string[][] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(texts(lines)));
  for (const text of ["a", "b"]) buffer.add(line(text));
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(50);
  buffer.add(line("c"));
  buffer.flush();
  buffer.flush();
  vi.advanceTimersByTime(200);
  expect(sent).toEqual([["a", "b"], ["c"]]);
});

test("of a burst only the last 2,000 lines are sent, and a line says how many are missing", () => {
  const sent: string[][] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(texts(lines)));
  for (let at = 0; at < 9_000; at += 1) buffer.add(line(String(at)));
  buffer.flush();
  expect([sent.length, sent[0]?.length, sent[0]?.[1], sent[0]?.at(-1)]).toEqual([1, 2_001, "7000", "8999"]);
  expect(sent[0]?.[0]).toBe("… 7000 lines are missing here: the cell prints faster than can be shown.");
});

test("a cell that prints without end sends a bounded number of characters per second", () => {
  let sent = 0;
  let said = 0;
  const buffer = new ConsoleBuffer((lines) => {
    sent += lines.reduce((sum, { text }) => sum + text.length, 0);
    said += lines.filter(({ text }) => text.includes("are missing here")).length;
  });
  for (let ms = 0; ms < 20_000; ms += 10) {
    for (let at = 0; at < 100; at += 1) buffer.add(line("x".repeat(1_000)));
    vi.advanceTimersByTime(10);
  }
  expect(sent).toBeGreaterThan(4e6);
  expect(sent).toBeLessThan(4e6 + 20_000 * 50 + 1e6);
  expect(said).toBeGreaterThan(100);
  // After a rest, it may print much again.
  vi.advanceTimersByTime(100_000);
  sent = 0;
  for (let at = 0; at < 1_000; at += 1) buffer.add(line("x".repeat(1_000)));
  vi.advanceTimersByTime(50);
  expect(sent).toBeGreaterThanOrEqual(1e6);
});

test("lines that were dropped are never sent", () => {
  const sent: string[][] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(texts(lines)));
  buffer.add(line("a"));
  buffer.drop();
  vi.advanceTimersByTime(200);
  expect(sent).toEqual([]);
});

test("when the last lines of a cell are missing, a line says so", () => {
  const sent: string[] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(...texts(lines)));
  for (let at = 0; at < 400; at += 1) buffer.add(line("x".repeat(9_960)));
  vi.advanceTimersByTime(50);
  sent.length = 0;
  buffer.add(line("x".repeat(20_000)));
  buffer.flush();
  expect(sent).toEqual(["… 1 line is missing here: the cell prints faster than can be shown."]);
});
