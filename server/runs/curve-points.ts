/** The small curves of the list: loss, forgetting and refusal over the steps, in a few points. */
import type { Curve, TableRow } from "./types.ts";

/** The most points of a small curve. */
export const CURVE_POINTS = 40;

/** What stands for forgetting: the first of these that the probes measure. */
const FORGETTING = ["general", "crossEntropyRise", "exactMatch", "acc", "divergence"];
const REFUSAL = ["refusal", "refusalJailbreak", "overRefusal"];

export function curvesOf(
  rows: readonly TableRow[],
  probes: readonly TableRow[],
): { readonly loss?: Curve; readonly forgetting?: Curve; readonly refusal?: Curve } {
  const loss = curveOf(rows, ["loss"]);
  const forgetting = curveOf(probes, FORGETTING);
  const refusal = curveOf(probes, REFUSAL);
  return { ...(loss && { loss }), ...(forgetting && { forgetting }), ...(refusal && { refusal }) };
}

function curveOf(rows: readonly TableRow[], names: readonly string[]): Curve | undefined {
  for (const measure of names) {
    const points = rows.flatMap((row) => {
      const value = row[measure];
      return value !== undefined && Number.isFinite(value) ? [[row.step, rounded(value)] as const] : [];
    });
    if (points.length > 0) return { measure, points: thinnedIndices(points.length).map((at) => points[at]!) };
  }
  return undefined;
}

/** Evenly spread places in a list, in order, always with the first and the last. */
export function thinnedIndices(length: number, most = CURVE_POINTS): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, at) => at);
  return Array.from({ length: most }, (_, at) => Math.round((at * (length - 1)) / (most - 1)));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
