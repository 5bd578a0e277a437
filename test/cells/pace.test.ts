import { expect, it } from "vitest";
import { Pace } from "../../cells/pace.ts";

it("says tokens per second and the time left, once it can tell", () => {
  let now = 0;
  const pace = new Pace(() => now);
  expect(pace.label("Writing", 0, 100)).toBe("Writing");
  now = 10_000;
  pace.add(10, 800);
  expect(pace.label("Writing", 10, 100)).toBe("Writing, 80 tokens/s, 2 min left");
  expect(pace.label("Writing", 90, 100)).toBe("Writing, 80 tokens/s, 10 s left");
  expect(pace.label("Writing", 10, 100_000)).toBe("Writing, 80 tokens/s, 27.8 h left");
  expect(pace.label("Writing", 100, 100)).toBe("Writing");
});

it("forgets what was long ago", () => {
  let now = 0;
  const pace = new Pace(() => now);
  for (const [speed, until] of [
    [1, 600_000],
    [100, 800_000],
  ] as const) {
    while (now < until) {
      now += 1_000;
      pace.add(1, speed);
    }
  }
  expect(pace.label("Writing", 1, 11)).toBe("Writing, 100 tokens/s, 10 s left");
});
