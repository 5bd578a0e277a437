import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ConsoleLine } from "../../../server/events.ts";
import { ConsoleBuffer } from "../../../server/kernel/console-buffer.ts";

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

test("of a burst only the last 2,000 lines are sent", () => {
  const sent: string[][] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(texts(lines)));
  for (let at = 0; at < 9_000; at += 1) buffer.add(line(String(at)));
  buffer.flush();
  expect([sent.length, sent[0]?.length, sent[0]?.[0], sent[0]?.at(-1)]).toEqual([1, 2_000, "7000", "8999"]);
});

test("lines that were dropped are never sent", () => {
  const sent: string[][] = [];
  const buffer = new ConsoleBuffer((lines) => sent.push(texts(lines)));
  buffer.add(line("a"));
  buffer.drop();
  vi.advanceTimersByTime(200);
  expect(sent).toEqual([]);
});
