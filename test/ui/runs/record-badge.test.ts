/** What the badge of a record says. */
import { expect, it } from "vitest";
import { verdictText } from "../../../ui/runs/record-badge.ts";

it("tells a spot check from a whole verification", () => {
  expect(verdictText({})).toBe("not verified");
  expect(verdictText({ verdict: "identical" })).toBe("identical");
  const covered = { kind: "steps", steps: 20, of: 600 } as const;
  expect(verdictText({ verdict: "within tolerance", covered })).toBe("within tolerance, 20 of 600 steps");
});
