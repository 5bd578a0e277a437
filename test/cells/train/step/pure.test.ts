import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut } from "../../../../cells/model/target-rows.ts";
import { random } from "../../../../cells/random.ts";
import { cutPool } from "../../../../cells/train/step/batch-stream.ts";
import { sampleOrder } from "../../../../cells/train/step/batches.ts";
import { lossCoefficients, roleMeans } from "../../../../cells/train/step/loss.ts";
import { learningRate, type Schedule } from "../../../../cells/train/step/schedule.ts";

describe("the learning rate", () => {
  const rates = (shape: Schedule["shape"], floor: number): number[] =>
    [1, 10, 20, 60, 100].map((step) => learningRate({ shape, peak: 1, warmup: 20, steps: 100, floor }, step));

  it("warms up and then follows its shape", () => {
    expect(rates("constant", 0)).toEqual([0.05, 0.5, 1, 1, 1]);
    expect(rates("linear", 0.1).map(rounded)).toEqual([0.05, 0.5, 1, 0.55, 0.1]);
    expect(rates("cosine", 0.05).map(rounded)).toEqual([0.05, 0.5, 1, 0.525, 0.05]);
    expect(learningRate({ shape: "linear", peak: 2, warmup: 0, steps: 10, floor: 0 }, 10)).toBe(0);
  });
});

describe("the order of samples", () => {
  const take = (count: number, batch: number, seed: number, steps: number): number[][] => {
    const order = sampleOrder(count, seed);
    return Array.from({ length: steps }, (_, step) => order(step * batch, (step + 1) * batch));
  };

  it("uses every sample once before it uses any a second time", () => {
    const seen = take(10, 4, 7, 5).flat();
    expect(seen.slice(0, 10).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen.slice(10).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(seen.slice(0, 10)).not.toEqual(seen.slice(10));
  });

  it("is the same for the same seed and differs between seeds", () => {
    expect(take(100, 16, 1, 9)).toEqual(take(100, 16, 1, 9));
    expect(take(100, 16, 1, 9)).not.toEqual(take(100, 16, 2, 9));
  });

  it("fills batches even if there are fewer samples", () => {
    expect(take(3, 8, 1, 2).map((step) => step.length)).toEqual([8, 8]);
    expect(() => sampleOrder(0, 1)).toThrow(/no samples/);
  });

  it("can be read at any place", () => {
    const [order, again] = [sampleOrder(10, 3), sampleOrder(10, 3)];
    const all = order(0, 95);
    for (const [from, to] of [
      [90, 95],
      [13, 27],
      [0, 4],
      [28, 31],
      [30, 30],
    ] as const) {
      expect(again(from, to)).toEqual(all.slice(from, to));
    }
    // Published results depend on this order.
    expect(order(0, 10)).toMatchInlineSnapshot(`
      [
        3,
        7,
        9,
        6,
        1,
        5,
        0,
        8,
        4,
        2,
      ]
    `);
  });

  it("cuts a pool into batches of at most `tokens` tokens, each sample in exactly one", () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), fc.integer(), (lengths, seed) => {
        const batches = cutPool(lengths, 120, random(seed, "cut").order);
        expect(batches.flat().toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const batch of batches) {
          expect(batch.length * Math.max(...batch.map((at) => lengths[at]!))).toBeLessThanOrEqual(120);
        }
        // No batch has room for the shortest sample of the next longer batch.
        const byLength = batches.toSorted((a, b) => lengths[a[0]!]! - lengths[b[0]!]! || b.length - a.length);
        for (const [at, batch] of byLength.slice(0, -1).entries()) {
          const next = Math.min(
            ...byLength
              .slice(at + 1)
              .flat()
              .map((index) => lengths[index]!),
          );
          expect((batch.length + 1) * Math.max(next, ...batch.map((index) => lengths[index]!))).toBeGreaterThan(120);
        }
      }),
    ));
});

describe("random numbers", () => {
  it("are the same on every machine", () => {
    const { uniform } = random(1, "a test");
    expect([uniform(), uniform(), uniform()].map((x) => Math.round(x * 2 ** 32))).toMatchInlineSnapshot(`
      [
        2089347457,
        487439883,
        152418489,
      ]
    `);
  });

  it("have the mean and variance of their distributions", () => {
    const { uniform, normal } = random(3, "moments");
    const mean = (of: () => number): number => Array.from({ length: 20_000 }, of).reduce((a, b) => a + b, 0) / 20_000;
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(() => normal() ** 2)).toBeCloseTo(1, 1);
  });
});

describe("a batch", () => {
  const samples = [
    {
      ids: [5, 6, 7, 8],
      spans: [
        { role: "translation" as const, weight: 1, from: 2, to: 3 },
        { role: "rationale" as const, weight: 0.5, from: 3, to: 4 },
      ],
    },
    { ids: [9, 4], spans: [{ role: "translation" as const, weight: 1, from: 1, to: 2 }] },
  ];

  it("is padded on the right and lists the positions whose next token is a target", () => {
    const batch = layOut(samples, 8);
    expect([...batch.ids]).toEqual([5, 6, 7, 8, 0, 0, 0, 0, 9, 4, 0, 0, 0, 0, 0, 0]);
    expect([...batch.segments]).toEqual([0, 0, 0, 0, -1, -1, -1, -1, 0, 0, -1, -1, -1, -1, -1, -1]);
    expect([...batch.places].map((place, at) => [batch.ids[place], batch.targets[at]])).toEqual([
      [6, 7],
      [7, 8],
      [9, 4],
    ]);
    expect([batch.rows, batch.time, batch.tokens]).toEqual([2, 8, 6]);
    expect([...batch.samples]).toEqual([0, 0, 1]);
  });

  it("normalises over all tokens of the step, or within each role", () => {
    const batch = layOut(samples);
    const coefficients = (per: "token" | "role", weight: (role: string) => number): number[] => [
      ...lossCoefficients([batch], { per, weight })[0]!.nll,
    ];
    const factor = (role: string): number => (role === "rationale" ? 2 : 1);
    expect(coefficients("token", factor)).toEqual([1 / 3, 1 / 3, 1 / 3].map(Math.fround));
    expect(coefficients("role", factor)).toEqual([0.5, 2, 0.5]);
    expect(coefficients("role", () => 0)).toEqual([0, 0, 0]);
    expect(() => coefficients("token", () => 0)).toThrow(/nothing to learn/);
  });

  it("has an unweighted mean per role", () => {
    expect(roleMeans(layOut(samples).roles, Float32Array.of(1, 5, 2))).toEqual({ translation: 1.5, rationale: 5 });
  });
});

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
