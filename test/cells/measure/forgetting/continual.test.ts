import { describe, expect, it } from "vitest";
import { continualMeasures } from "../../../../cells/measure/forgetting/continual.ts";

describe("continual learning", () => {
  it("of three tasks in a row equals the calculation by hand, divided by the two learnt before the last", () => {
    const measured = continualMeasures([
      { task: "a", learnt: 1, scores: [0.125, 0.75, 0.875, 0.5] },
      { task: "b", learnt: 2, scores: [0, 0.25, 0.5, 0.625] },
      { task: "c", learnt: 3, scores: [0, 0, 0.25, 1] },
    ]);
    expect(measured.divisor).toBe(2);
    expect(measured.averageAccuracy).toBeCloseTo((0.5 + 0.625 + 1) / 3, 12);
    expect(measured.backwardTransfer).toBeCloseTo((0.5 - 0.75 + (0.625 - 0.5)) / 2, 12);
    expect(measured.forgetting).toBeCloseTo((0.875 - 0.5 + (0.5 - 0.625)) / 2, 12);
    expect(measured.retention).toBeCloseTo((0.5 / 0.75 + 0.625 / 0.5) / 2, 12);
    expect(measured.tasks.map(({ task }) => task)).toEqual(["a", "b"]);
  });

  it("of a base and one training: all four measures agree on what was lost", () => {
    const measured = continualMeasures([
      { task: "fact", scores: [1, 0.5] },
      { task: "math", scores: [0.5, 0.125] },
      { task: "velan", learnt: 1, scores: [0, 0.75] },
    ]);
    expect(measured).toMatchObject({ divisor: 2, backwardTransfer: -0.4375, forgetting: 0.4375, retention: 0.375 });
  });

  it("leaves tasks that could never be done out of the retention", () => {
    const measured = continualMeasures([
      { task: "fact", scores: [0.5, 0.25] },
      { task: "chess", scores: [0, 0] },
    ]);
    expect(measured).toMatchObject({ divisor: 2, retention: 0.5, forgetting: 0.125 });
    expect(measured.tasks[1]?.retained).toBeUndefined();
  });

  it("is NaN where nothing was learnt before", () => {
    expect(continualMeasures([{ task: "velan", learnt: 1, scores: [0, 1] }])).toMatchObject({
      averageAccuracy: 1,
      divisor: 0,
      forgetting: Number.NaN,
    });
  });

  it("rejects tasks with different stages", () => {
    expect(() => continualMeasures([])).toThrow("at least once");
    expect(() =>
      continualMeasures([
        { task: "a", scores: [1, 1] },
        { task: "b", scores: [1] },
      ]),
    ).toThrow('"b" was scored');
    expect(() => continualMeasures([{ task: "a", scores: [1], learnt: 2 }])).toThrow("Stages go from 0 to 0");
  });
});
