/** The ready-made rules: loss spikes and thresholds. */
import { describe, expect, it } from "vitest";
import { alerts } from "../../../../cells/train/run/alerts.ts";
import type { Row } from "../../../../cells/types.ts";

describe("rules", () => {
  const row = (step: number, loss: number): Row => ({ step, loss });
  const noisy = Array.from({ length: 40 }, (_, at) => row(at + 1, 2 - at / 100 + ((at * 7) % 5) / 50));
  it("detect a spike, but none in noise, in a falling loss, in few rows or in equal rows", () => {
    const rule = alerts.lossSpike();
    expect(noisy.filter((each, at) => rule(each, noisy.slice(0, at)) !== false)).toEqual([]);
    expect(rule(row(41, 3.5), noisy)).toMatch(/The loss is 3.50/);
    expect(rule(row(9, 30), noisy.slice(0, 8))).toBe(false);
    const flat = Array.from({ length: 20 }, (_, at) => row(at, 1));
    expect([rule(row(20, 1), flat), rule(row(20, 1.05), flat)]).toEqual([false, false]);
    expect(rule(row(20, 1.2), flat)).not.toBe(false);
  });
  it("detect a measure above its level as soon as it has been measured", () => {
    const rule = alerts.above("forgetting", 0.3);
    expect([rule(row(1, 1), []), rule({ ...row(2, 1), forgetting: 0.3 }, [])]).toEqual([false, false]);
    expect(rule({ ...row(3, 1), forgetting: 0.3123 }, [])).toBe("forgetting is 0.312.");
    expect(rule.name).toBe("forgetting above 0.3");
  });
});
