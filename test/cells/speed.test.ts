import { expect, it } from "vitest";
import { Speed } from "../../cells/speed.ts";

it("says tokens per second and the time left, once it can tell", () => {
  let now = 0;
  const speed = new Speed(() => now);
  expect(speed.label("Writing", 0, 100)).toBe("Writing");
  now = 10_000;
  speed.add(10, 800);
  expect(speed.label("Writing", 10, 100)).toBe("Writing, 80 tokens/s, 2 min left");
  expect(speed.label("Writing", 90, 100)).toBe("Writing, 80 tokens/s, 10 s left");
  expect(speed.label("Writing", 10, 100_000)).toBe("Writing, 80 tokens/s, 27.8 h left");
  expect(speed.label("Writing", 100, 100)).toBe("Writing");
});

it("forgets what was long ago", () => {
  let now = 0;
  const speed = new Speed(() => now);
  for (const [rate, until] of [
    [1, 600_000],
    [100, 800_000],
  ] as const) {
    while (now < until) {
      now += 1_000;
      speed.add(1, rate);
    }
  }
  expect(speed.label("Writing", 1, 11)).toBe("Writing, 100 tokens/s, 10 s left");
});
