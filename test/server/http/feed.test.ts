import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { LoggedEvent } from "../../../server/events.ts";
import { Feed } from "../../../server/http/feed.ts";

const event = (seq: number, text = ""): LoggedEvent => ({
  seq,
  time: 0,
  event: { type: "notice", level: "info", text },
});

/** A socket that takes a chunk when it is told to. */
function slowSocket() {
  const sent: string[] = [];
  const taken: (() => void)[] = [];
  const feed = new Feed(
    (text, done) => {
      sent.push(text);
      taken.push(done);
    },
    () => [{ type: "caught-up", seq: 0 }],
  );
  return { feed, sent, take: () => taken.shift()?.() };
}

it("sends everything in order, whatever the pace of the socket", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("event", "done", "take")), (steps) => {
      const { feed, sent, take } = slowSocket();
      let count = 0;
      for (const step of steps) {
        if (step === "take") take();
        else if (step === "event") feed.events([event(++count)]);
        else feed.message({ type: "done", id: ++count });
      }
      for (let left = 0; left <= count; left += 1) take();
      const numbers = sent
        .map((text) => JSON.parse(text))
        .flatMap((message) =>
          message.type === "events" ? message.events.map((each: LoggedEvent) => each.seq) : message.id,
        );
      expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    }),
  );
});

it("holds one chunk of about a megabyte at a time, and sends a larger event alone", () => {
  const { feed, sent, take } = slowSocket();
  feed.events(
    Array.from({ length: 40 }, (_, index) => event(index + 1, "x".repeat(index === 20 ? 3_000_000 : 100_000))),
  );
  expect(sent).toHaveLength(1);
  for (let round = 0; round < 50; round += 1) take();
  const sizes = sent.map((text) => text.length);
  expect(Math.max(...sizes.filter((size) => size < 3_000_000))).toBeLessThan(1_100_000);
  expect(sizes.filter((size) => size > 3_000_000)).toHaveLength(1);
  expect(sent.flatMap((text) => JSON.parse(text).events)).toHaveLength(40);
});

it("gives a page that fell far behind the state instead of the events; answers and later events follow it", () => {
  const { feed, sent, take } = slowSocket();
  for (let seq = 1; seq <= 30; seq++) feed.events([event(seq, "x".repeat(500_000))]);
  feed.message({ type: "done", id: 1 });
  feed.events([event(31)]);
  for (let round = 0; round < 50; round += 1) take();
  const types = sent.map((text) => JSON.parse(text).type);
  expect(types.slice(0, 2)).toEqual(["events", "caught-up"]);
  expect(types.slice(-2)).toEqual(["done", "events"]);
  expect(sent.map((text) => text.length).reduce((sum, each) => sum + each)).toBeLessThan(10_000_000);
});

it("sends the first events of a burst at once and gathers those that follow; an answer goes out at once, with all before it", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const sent: string[] = [];
    const feed = new Feed(
      (text, done) => {
        sent.push(text);
        done();
      },
      () => [],
    );
    for (let seq = 1; seq <= 500; seq += 1) feed.events([event(seq)]);
    const atOnce = sent.length;
    expect(atOnce).toBeGreaterThan(30);
    expect(atOnce).toBeLessThan(100);
    vi.advanceTimersByTime(20);
    expect(sent).toHaveLength(atOnce + 1);
    feed.events([event(501)]);
    feed.message({ type: "done", id: 1 });
    const seqs = sent.flatMap((text) => JSON.parse(text).events ?? []).map((each: LoggedEvent) => each.seq);
    expect(seqs).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
    expect(JSON.parse(sent.at(-1)!).type).toBe("done");
    vi.advanceTimersByTime(1_000);
    const before = sent.length;
    feed.events([event(502)]);
    expect(sent).toHaveLength(before + 1);
  } finally {
    vi.useRealTimers();
  }
});
