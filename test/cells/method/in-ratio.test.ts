import fc from "fast-check";
import { expect, it } from "vitest";
import { inRatio } from "../../../cells/method/in-ratio.ts";

it("has each part in its ratio, and leaves no sample out", () => {
  const list = fc.integer({ min: 1, max: 60 });
  const ratio = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(fc.array(fc.tuple(list, ratio), { minLength: 1, maxLength: 4 }), (parts) => {
      const lists = parts.map(([length], at) => Array.from({ length }, (_, place) => `${at}.${place}`));
      const mixed = inRatio(
        lists,
        parts.map(([, each]) => each),
      );
      expect(new Set(mixed)).toEqual(new Set(lists.flat()));
      const counts = lists.map((_, at) => mixed.filter((each) => each.startsWith(`${at}.`)).length);
      const unit = Math.max(...parts.map(([length, each]) => length / each));
      for (const [at, [, each]] of parts.entries())
        expect(Math.abs(counts[at]! - unit * each)).toBeLessThanOrEqual(0.5);
      expect(mixed.length).toBe(counts.reduce((sum, count) => sum + count));
    }),
  );
});

it("leaves out what has the ratio 0, and refuses what it cannot mix", () => {
  expect(inRatio([["a"], ["b", "c"]], [0, 1])).toEqual(["b", "c"]);
  expect(() => inRatio([["a"], []], [1, 1])).toThrow("Part 2 of a mixture has the ratio 1, but no samples");
  expect(() => inRatio([["a"]], [-1])).toThrow("not -1");
});
