/** The curves of a comparison: a measure over steps, tokens or time, smoothed, and the places where a knob was turned. */
import type { RunTables } from "./api.ts";
import type { RunSummary, TableRow } from "./types.ts";

export type Axis = "step" | "tokens" | "time";
export const axes: readonly Axis[] = ["step", "tokens", "time"];
export type CurvePoint = { readonly x: number; readonly y: number };
export type Turn = { readonly x: number; readonly text: string };

/** @returns the place of a step on the axis, or undefined if the run does not say enough */
export function axisOf(
  axis: Axis,
  run: Pick<RunSummary, "tokensPerStep" | "seconds">,
  rows: readonly TableRow[],
): ((step: number) => number) | undefined {
  if (axis === "step") return (step) => step;
  const { tokensPerStep, seconds } = run;
  if (axis === "tokens") return tokensPerStep === undefined ? undefined : (step) => step * tokensPerStep;
  return rows.length === 0 || seconds === 0 ? undefined : timeAxis(rows, seconds);
}

/**
 * Seconds since the start. A run does not store the time of each row, but its speed: the steps share the recorded seconds in
 * proportion to how slow they were.
 */
function timeAxis(rows: readonly TableRow[], seconds: number): (step: number) => number {
  const steps = [0];
  const times = [0];
  for (const { step, tokensPerSecond } of rows) {
    const slowness = tokensPerSecond !== undefined && tokensPerSecond > 0 ? 1 / tokensPerSecond : 1 / 1000;
    times.push(times.at(-1)! + (step - steps.at(-1)!) * slowness);
    steps.push(step);
  }
  const scale = seconds / (times.at(-1) || 1);
  return (step) => {
    let [low, high] = [0, steps.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle]! < step) low = middle + 1;
      else high = middle;
    }
    return times[low]! * scale;
  };
}

export function curvePoints(
  rows: readonly TableRow[],
  measure: string,
  place: (step: number) => number,
  smoothing: number,
): readonly CurvePoint[] {
  const known = rows.filter((row) => Number.isFinite(row[measure]));
  const values = smoothed(
    known.map((row) => row[measure]!),
    smoothing,
  );
  return known.map(({ step }, at) => ({ x: place(step), y: values[at]! }));
}

/** An exponential moving average without the pull of the start, as TensorBoard has it. @param weight from 0 (none) to below 1 */
export function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight <= 0) return values;
  let [average, total] = [0, 0];
  return values.map((value) => {
    average = average * weight + value * (1 - weight);
    total = total * weight + (1 - weight);
    return average / total;
  });
}

export function turns({ changes }: Pick<RunTables, "changes">, place: (step: number) => number): readonly Turn[] {
  return changes.flatMap((change) =>
    change.kind === "knob"
      ? [{ x: place(change.step), text: `${change.name} = ${JSON.stringify(change.value)} at step ${change.step}` }]
      : [],
  );
}
