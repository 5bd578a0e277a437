/** Two runs side by side, item by item. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedAnswers, type ItemAnswer, type TestAnswers } from "../../../server/runs/answers.ts";
import { itemDifference, mcNemar } from "../../../server/runs/item-statistics.ts";

const test = (answers: readonly ItemAnswer[], given: Partial<TestAnswers> = {}): TestAnswers => ({
  measure: "general",
  kind: "flags",
  better: "higher",
  step: 3,
  items: answers.length,
  answers,
  ...given,
});
const item = (prompt: string, score: number, given: Partial<ItemAnswer> = {}): ItemAnswer => ({
  prompt,
  expected: "x",
  answer: `${prompt} ${score}`,
  score,
  ...given,
});

describe("the samples of two runs", () => {
  it("are kept, lost, gained or still wrong, matched by what they ask, with both texts", () => {
    const before = test([item("a", 1), item("b", 1), item("c", 0), item("d", 0), item("only before", 1)]);
    const after = test([item("d", 0), item("c", 1), item("b", 0), item("a", 1)]);
    const [found] = comparedAnswers([before], [after]);
    expect(found?.items.map(({ prompt, flip }) => [prompt, flip])).toEqual([
      ["a", "kept"],
      ["b", "lost"],
      ["c", "gained"],
      ["d", "still wrong"],
    ]);
    expect(found).toMatchObject({ apart: 1, counts: { kept: 1, lost: 1, gained: 1, "still wrong": 1 } });
    expect(found?.items[1]).toMatchObject({ expected: "x", before: { answer: "b 1" }, after: { answer: "b 0" } });
  });

  it("are right at 0 where lower is better, and scores flip only if they move far", () => {
    const refused = { measure: "overRefusal", better: "lower" } as const;
    const [found] = comparedAnswers(
      [test([item("a", 0), item("b", 1)], refused)],
      [test([item("a", 1), item("b", 0)], refused)],
    );
    expect(found?.items.map(({ flip }) => flip)).toEqual(["lost", "gained"]);
    const chrf = { measure: "chrf", kind: "scores" } as const;
    const scores = (...all: number[]) =>
      test(
        all.map((score, i) => item(`s${i}`, score)),
        chrf,
      );
    const [moved] = comparedAnswers([scores(0.5, 0.5, 0.5)], [scores(0.7, 0.3, 0.55)]);
    expect(moved?.items.map(({ flip }) => flip)).toEqual(["gained", "lost", "about the same"]);
    expect(moved?.pValue).toBeUndefined();
  });

  it("with the same question several times belong to each other in their order", () => {
    const twice = (first: number, second: number) => test([item("q", first), item("q", second)]);
    const [found] = comparedAnswers([twice(1, 0)], [twice(1, 1)]);
    expect(found?.items.map(({ flip }) => flip)).toEqual(["kept", "gained"]);
  });

  it("need a test that both have", () => {
    expect(comparedAnswers([test([item("a", 1)])], [test([item("a", 1)], { measure: "other" })])).toEqual([]);
    expect(comparedAnswers([test([item("a", 1)])], [test([item("b", 1)])])).toEqual([]);
  });
});

describe("the difference over the items", () => {
  const answers = (right: number, all: number) =>
    test(Array.from({ length: all }, (_, i) => item(`q${i}`, Number(i < right))));

  it("is better or worse if the interval is clear of zero, and never of fewer than six items", () => {
    const judged = (from: TestAnswers, to: TestAnswers) => comparedAnswers([from], [to])[0]?.judgement;
    expect(judged(answers(10, 40), answers(30, 40))).toBe("better");
    expect(judged(answers(30, 40), answers(10, 40))).toBe("worse");
    expect(judged(answers(30, 40), answers(31, 40))).toBe("inside the noise");
    expect(judged(answers(0, 5), answers(5, 5))).toBe("inside the noise");
    const lower = { better: "lower" } as const;
    expect(judged({ ...answers(10, 40), ...lower }, { ...answers(30, 40), ...lower })).toBe("worse");
  });

  it("is the mean over groups, so that a large family does not count more", () => {
    const pairs = [
      { group: "a", before: 0, after: 1 },
      ...Array.from({ length: 9 }, () => ({ group: "b", before: 0, after: 0 })),
    ];
    expect(itemDifference(pairs)).toMatchObject({ before: 0, after: 0.5, difference: 0.5 });
  });

  it("has an interval like that of the normal distribution for many items", () => {
    // 400 items, 100 gained and 50 lost: difference 1/8, standard error sqrt((150/400 - 1/64) / 400) = 0.02997.
    const pairs = Array.from({ length: 400 }, (_, i) => ({
      group: "",
      before: Number(i < 50),
      after: Number(i >= 300),
    }));
    const [low, high] = itemDifference(pairs).interval;
    expect(low).toBeCloseTo(0.125 - 1.96 * 0.02997, 1.8);
    expect(high).toBeCloseTo(0.125 + 1.96 * 0.02997, 1.8);
  });

  it("changes sign with the order of the runs", () => {
    const score = fc.constantFrom(0, 1);
    const pairs = fc.array(fc.record({ group: fc.constantFrom("a", "b"), before: score, after: score }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(pairs, (given) => {
        const forward = itemDifference(given);
        const back = itemDifference(given.map(({ group, before, after }) => ({ group, before: after, after: before })));
        expect(back.difference).toBeCloseTo(-forward.difference, 12);
        expect(back.interval[0]).toBeCloseTo(-forward.interval[1], 12);
      }),
      { numRuns: 20 },
    );
  });
});

it("McNemar's exact test is that of SciPy: binomtest(min, n, 0.5).pvalue", () => {
  expect(mcNemar(0, 0)).toBe(1);
  expect(mcNemar(1, 9)).toBeCloseTo(0.021484375, 12);
  expect(mcNemar(9, 1)).toBeCloseTo(0.021484375, 12);
  expect(mcNemar(5, 5)).toBe(1);
  expect(mcNemar(0, 6)).toBeCloseTo(0.03125, 12);
  // Far beyond the powers of ½ that a number can hold.
  expect(mcNemar(1000, 1100)).toBeCloseTo(0.0307, 3);
});
