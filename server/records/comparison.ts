/**
 * Compares an experiment that is repeated with its record, number by number, while it runs. It keeps the first difference, whether
 * all was equal to the last bit, and how the differences grow from step to step.
 */
import { allowedDifference, isTiming, toleranceOf } from "./tolerance.ts";

export type Scalar = number | string | boolean | null;
export type Verdict = "identical" | "within tolerance" | "different";
/** `run`: the id of a run; the id of a cell for what it shows, and `results` for results. */
export type Difference = {
  readonly run: string;
  readonly step: number;
  readonly column: string;
  readonly recorded: Scalar;
  readonly now: Scalar;
};
/** The largest relative difference of a row. */
export type CurvePoint = { readonly run: string; readonly step: number; readonly difference: number };

/** Whether only the same bits count, or what is equal within the tolerance as well. */
export type Strictness = "bits" | "tolerance";

type Numbers = Readonly<Record<string, unknown>>;

export class Comparison {
  /** The first difference that the tolerance does not allow. */
  first: Difference | undefined;
  readonly curve: CurvePoint[] = [];
  #exact = true;
  strictness: Strictness = "bits";

  get verdict(): Verdict {
    if (this.first) return "different";
    return this.#exact ? "identical" : "within tolerance";
  }

  /** Compares a row of a run, or a row of measures. */
  row(
    table: "rows" | "measures",
    place: { readonly run: string; readonly step: number },
    before: Numbers,
    now: Numbers,
  ) {
    let largest = 0;
    for (const column of new Set([...Object.keys(before), ...Object.keys(now)])) {
      if (isTiming(column)) continue;
      const [recorded, found] = [scalar(before[column]), scalar(now[column])];
      this.value(table, { ...place, column, recorded, now: found });
      if (typeof recorded === "number" && typeof found === "number")
        largest = Math.max(largest, Math.abs(found - recorded) / Math.max(Math.abs(recorded), 1e-12));
    }
    if (table === "rows") this.curve.push({ ...place, difference: largest });
  }

  value(table: "rows" | "measures", difference: Difference): void {
    const { recorded, now, column, step } = difference;
    if (recorded === now) return;
    this.#exact = false;
    const numbers = typeof recorded === "number" && typeof now === "number";
    const allowed = numbers ? allowedDifference(toleranceOf(table, column), step, recorded) : -1;
    if (this.strictness === "tolerance" && numbers && Math.abs(now - recorded) <= allowed) return;
    this.first ??= difference;
  }

  /** Texts that differ where tolerance applies: a model that rounds otherwise may write another word. */
  inexact(): void {
    this.#exact = false;
  }
}

/** As JSON has it: a number that is not finite has become null. */
export function scalar(value: unknown): Scalar {
  if (value === undefined) return "missing";
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" || typeof value === "boolean" || value === null ? value : JSON.stringify(value);
}
