import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Grace, type Told } from "../../../server/session/grace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(): { readonly grace: Grace; readonly overdue: [string, Told][] } {
  const overdue: [string, Told][] = [];
  return { grace: new Grace(100, ({ cell, told }) => void overdue.push([cell, told])), overdue };
}

it("reports a generation that is still running after the grace time, and no other", () => {
  const { grace, overdue } = watched();
  grace.began("a", 1);
  grace.began("b", 1);
  expect([grace.told("a", 1, "stop"), grace.told("b", 1, "stop"), grace.told("c", 1, "stop")]).toEqual([
    true,
    true,
    false,
  ]);
  grace.finished("b", 1);
  vi.advanceTimersByTime(100);
  expect(overdue).toEqual([["a", "stop"]]);
});

it("reports what a generation was told last, in the time since it was told first", () => {
  const { grace, overdue } = watched();
  grace.began("a", 1);
  grace.told("a", 1, "stop");
  vi.advanceTimersByTime(60);
  grace.told("a", 1, "end");
  vi.advanceTimersByTime(40);
  expect(overdue).toEqual([["a", "end"]]);
});

it("waits for three of the slowest steps that it saw, and asks again each time after twice as long", () => {
  const { grace, overdue } = watched();
  grace.began("a", 1);
  grace.stepped("a", 200);
  grace.stepped("a", 50);
  grace.told("a", 1, "stop");
  vi.advanceTimersByTime(599);
  expect(overdue).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(overdue).toHaveLength(1);
  vi.advanceTimersByTime(599);
  expect(overdue).toHaveLength(1);
  vi.advanceTimersByTime(2);
  expect(overdue).toHaveLength(2);
  expect(grace.finished("a", 1)).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(overdue).toHaveLength(2);
});
