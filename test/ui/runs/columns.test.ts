/** The columns of the list of runs follow what the runs have. */
import { expect, it } from "vitest";
import { columnsOf } from "../../../ui/runs/columns.ts";
import { run } from "../../server/runs/any-run.ts";

it("have a curve only where some run has one", () => {
  const curves = (all: Parameters<typeof columnsOf>[0]) =>
    columnsOf(all).flatMap(({ kind, label }) => (kind === "curve" ? [label] : []));
  const [full, { loss }] = [run(), run().curves];
  const plain = run({ curves: loss ? { loss } : {} });
  expect(curves([plain])).toEqual(["loss"]);
  expect(curves([plain, full])).toEqual(["loss", "forgetting", "refusal"]);
  expect(curves([])).toEqual([]);
});
