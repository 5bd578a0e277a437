import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedMeasures } from "../../../server/runs/comparison.ts";
import { axisOf, curvePoints, smoothed, turns } from "../../../server/runs/curves.ts";
import type { RunSummary } from "../../../server/runs/types.ts";
import { run } from "./any-run.ts";

const seeds = (values: readonly number[], first = 1): RunSummary[] =>
  values.map((general, i) =>
    run({ id: `r${first + i}-${general}`, seed: first + i, probes: { general }, losses: { loss: 1 - general } }),
  );

const judged = (a: readonly RunSummary[], b: readonly RunSummary[], name = "general"): unknown => {
  const found = comparedMeasures([a, b], 0).find((each) => each.name === name);
  return found?.values[1]?.against?.judgement;
};

describe("final measures against a baseline", () => {
  it("are better or worse by the measure's direction, if the paired interval is clear of zero", () => {
    const base = seeds([0.5, 0.6, 0.7, 0.8]);
    // Every seed gains about 0.1, although the ranges of the two overlap.
    const better = seeds([0.6, 0.71, 0.8, 0.9]);
    expect(judged(base, better)).toBe("better");
    expect(judged(better, base)).toBe("worse");
    expect(judged(base, better, "loss")).toBe("better");
    expect(judged(base, seeds([0.6, 0.5, 0.8, 0.7]))).toBe("inside the noise");
  });

  it("have no interval without a second seed or a common seed, and no difference for the baseline itself", () => {
    expect(judged(seeds([0.5]), seeds([0.9]))).toBe("one seed");
    expect(judged(seeds([0.5, 0.6]), seeds([0.9, 0.9], 7))).toBe("no common seed");
    const [first] = comparedMeasures([seeds([0.5]), seeds([0.9])], 1);
    expect(first?.values[1]?.against).toBeUndefined();
    expect(first?.values[0]?.against?.difference).toBeCloseTo(0.4);
    const missing = comparedMeasures([seeds([0.5]), [run({ probes: {} })]], 0).find(({ name }) => name === "general");
    expect(missing?.values[1]).toEqual({ missing: [{ seed: 1, why: "no value" }] });
  });

  it("have no interval from few equal differences, which do not tell how much seeds vary", () => {
    expect(judged(seeds([0.5, 0.5]), seeds([0.75, 0.75]))).toBe("equal differences");
    const two = comparedMeasures([seeds([0.5, 0.5]), seeds([0.75, 0.75])], 0).find(({ name }) => name === "general");
    expect(two?.values[1]?.against).toMatchObject({ difference: 0.25, pairs: 2 });
    expect(two?.values[1]?.against?.interval).toBeUndefined();
    expect(judged(seeds([0.5, 0.625]), seeds([0.5, 0.625]))).toBe("inside the noise");
    // That six seeds point in one direction by chance is less likely than 5 %.
    const six = (value: number) => seeds([value, value, value, value, value, value]);
    expect(judged(six(0.5), six(0.75))).toBe("better");
  });

  it("say which seeds are missing, and are not better without the seeds that diverged", () => {
    const base = seeds([0.5, 0.6, 0.7, 0.8]);
    const better = seeds([0.6, 0.71, 0.8, 0.9]);
    const diverged = better.map((each) => (each.seed === 3 ? { ...each, probes: {}, losses: {} } : each));
    const failed = better.map((each) => (each.seed === 3 ? { ...each, status: "failed" as const } : each));
    const general = (runs: RunSummary[]) =>
      comparedMeasures([base, runs], 0).find(({ name }) => name === "general")?.values[1];
    expect(general(diverged)).toMatchObject({ missing: [{ seed: 3, why: "no value" }], against: { pairs: 3 } });
    expect(general(failed)).toMatchObject({ missing: [{ seed: 3, why: "failed" }], against: { pairs: 3 } });
    expect([judged(base, better), judged(base, diverged), judged(base, failed)]).toEqual([
      "better",
      "seeds missing",
      "seeds missing",
    ]);
    // Where the baseline lacks a seed, the other one is not worse for it; what it lacks itself is no excuse.
    expect([judged(failed, base), judged(better, base.slice(0, 3))]).toEqual(["seeds missing", "worse"]);
    const worse = base.map((each) => (each.seed === 3 ? { ...each, status: "failed" as const } : each));
    expect(judged(better, worse)).toBe("worse");
  });

  it("follow the direction that the user has set", () => {
    const [base, other] = [seeds([0.5, 0.6, 0.7]), seeds([0.6, 0.71, 0.8])];
    const general = (directions: object): unknown =>
      comparedMeasures([base, other], 0, directions as never).find(({ name }) => name === "general")?.values[1]?.against
        ?.judgement;
    expect([general({}), general({ "probes.general": "lower" }), general({ "probes.general": "neither" })]).toEqual([
      "better",
      "worse",
      "neither",
    ]);
  });

  it("do not depend on the order of the seeds, and change sign with the baseline", () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [x, y] = [seeds(a), seeds(b)];
        const against = (experiments: RunSummary[][], base: number) =>
          comparedMeasures(experiments, base).find(({ name }) => name === "general")?.values[1 - base]?.against;
        const forward = against([x, y], 0)!;
        expect(against([[...x].reverse(), y], 0)!.difference).toBeCloseTo(forward.difference, 10);
        const back = against([x, y], 1)!;
        expect(back.difference).toBeCloseTo(-forward.difference, 10);
        const swapped: Record<string, string> = { better: "worse", worse: "better" };
        expect(back.judgement).toBe(swapped[forward.judgement] ?? forward.judgement);
      }),
    );
  });
});

describe("curves", () => {
  const rows = [1, 2, 3, 4].map((step) => ({ step, loss: step * 10, tokensPerSecond: step === 4 ? 50 : 100 }));

  it("have steps, tokens or seconds on the x axis", () => {
    const about = { tokensPerStep: 200, seconds: 10 };
    const places = (axis: "step" | "tokens" | "time") => [0, 2, 4].map(axisOf(axis, about, rows)!);
    expect(places("step")).toEqual([0, 2, 4]);
    expect(places("tokens")).toEqual([0, 400, 800]);
    // The last step was half as fast, so it took two of the five parts.
    expect(places("time")).toEqual([0, 4, 10]);
    expect(axisOf("tokens", { seconds: 10 }, rows)).toBeUndefined();
    expect(axisOf("time", { seconds: 0 }, rows)).toBeUndefined();
  });

  it("leave out rows without the measure", () => {
    const some = [{ step: 1, loss: 1 }, { step: 2 }, { step: 3, loss: 3 }] as typeof rows;
    expect(curvePoints(some, "loss", (step) => step, 0)).toEqual([
      { x: 1, y: 1 },
      { x: 3, y: 3 },
    ]);
  });

  it("stay inside the range of the values when smoothed, and a constant stays what it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (values, weight) => {
          const found = smoothed(values, weight);
          expect(found).toHaveLength(values.length);
          expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
          expect(Math.max(...found)).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        },
      ),
    );
    for (const each of smoothed([2, 2, 2], 0.9)) expect(each).toBeCloseTo(2, 12);
  });

  it("have a rule where a knob was turned", () => {
    const changes = [
      { kind: "pause", step: 5 },
      { kind: "knob", step: 7, name: "weight", value: 0 },
    ] as const;
    expect(turns({ changes }, (step) => step * 2)).toEqual([{ x: 14, text: "weight = 0 at step 7" }]);
  });
});
