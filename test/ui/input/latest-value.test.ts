import { expect, test } from "vitest";
import { LatestValue } from "../../../ui/input/latest-value.ts";

test("values are sent one at a time, and only the latest of those that arrive during a request", async () => {
  const sent: number[] = [];
  const answers: (() => void)[] = [];
  const idle: number[] = [];
  const latest = new LatestValue<number>(
    (value) => {
      sent.push(value);
      return new Promise<void>((resolve) => answers.push(resolve));
    },
    (last) => idle.push(last),
  );
  const done = latest.push(1, 0);
  void latest.push(2, 0);
  void latest.push(3, 0);
  expect(sent).toEqual([1]);
  answers.shift()?.();
  await Promise.resolve();
  expect([sent, idle]).toEqual([[1, 3], []]);
  answers.shift()?.();
  await done;
  expect([sent, idle]).toEqual([[1, 3], [3]]);
});

test("a value that the session already has is not sent", async () => {
  const sent: number[] = [];
  const latest = new LatestValue<number>(
    async (value) => sent.push(value),
    () => {},
  );
  await latest.push(4, 4);
  expect(sent).toEqual([]);
});
