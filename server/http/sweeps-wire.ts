/** Reads what a page sends about sweeps; schemas check it as everything that comes over the wire. */
import * as v from "valibot";
import type { AgainOrder, StartOrder, SweepKey } from "../sweep/api.ts";

/** The most entries of a sweep that the page starts. */
const MOST_ENTRIES = 10_000;

const text = (most: number) =>
  v.pipe(v.string("must be a string"), v.maxLength(most, `must have at most ${most.toLocaleString("en")} characters`));
const whole = (most: number) =>
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(1, "must be at least 1"),
    v.maxValue(most, `must be at most ${most.toLocaleString("en")}`),
  );
const finite = v.pipe(v.number("must be a number"), v.finite("must be a number"));
/** A name that JavaScript allows for the constant of an input. */
const name = v.pipe(text(200), v.regex(/^[\p{L}_$][\p{L}\p{N}_$]*$/u, "must be the name of an input"));
const row = v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]));
const value = v.union([finite, text(100_000), v.boolean(), v.array(text(10_000)), v.array(row)], "is not a value");

const key = text(4096);
export const sweepKey: v.GenericSchema<unknown, SweepKey> = v.object({ sweep: key });
export const againOrder: v.GenericSchema<unknown, AgainOrder> = v.object({
  sweep: key,
  entries: v.pipe(v.array(text(100), "must be a list of entries"), v.maxLength(MOST_ENTRIES)),
});

const asked = v.object({
  notebook: text(4096),
  grid: v.pipe(
    v.array(
      v.object({
        name,
        values: v.pipe(v.array(value), v.minLength(1, "must not be empty"), v.maxLength(MOST_ENTRIES)),
      }),
    ),
    v.maxLength(100),
  ),
  ranges: v.pipe(
    v.array(
      v.object({
        name,
        low: finite,
        high: finite,
        scale: v.picklist(["linear", "log"], 'must be "linear" or "log"'),
        numbers: v.picklist(["whole", "any"], 'must be "whole" or "any"'),
      }),
    ),
    v.maxLength(100),
  ),
  draws: whole(MOST_ENTRIES),
  fixed: v.pipe(v.array(v.object({ name, value })), v.maxLength(1000)),
  seeds: whole(MOST_ENTRIES),
  jobs: v.exactOptional(whole(1000)),
  on: v.picklist(["local", "slurm"], 'must be "local" or "slurm"'),
});
export const startOrder: v.GenericSchema<unknown, StartOrder> = v.pipe(
  asked,
  v.check(
    ({ grid, ranges, draws, seeds }) =>
      grid.reduce((product, { values }) => product * values.length, ranges.length > 0 ? draws : 1) * seeds <=
      MOST_ENTRIES,
    `a sweep can have at most ${MOST_ENTRIES.toLocaleString("en")} entries`,
  ),
);
