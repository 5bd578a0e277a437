/** Reads the recorded changes of a run: the knobs' values at a step, and what is left of the changes after a rewind. */
import type { RunChange } from "../../host.ts";
import type { KnobValues } from "./knobs.ts";

/** The knobs' values in a step. @param initial their values when the run began */
export function knobsAt(initial: KnobValues, changes: readonly RunChange[], step: number): KnobValues {
  const knobChanges = changes.filter((change) => change.kind === "knob");
  const inForce = knobChanges.filter((change) => change.step <= step);
  return { ...initial, ...Object.fromEntries(inForce.map(({ name, value }) => [name, value])) };
}

/**
 * The changes that stay when a run goes back to a step: those up to that step, and the record of every rewind and
 * restart.
 */
export function changesUpTo(changes: readonly RunChange[], step: number): readonly RunChange[] {
  return changes.filter((change) => change.step <= step || change.kind === "rewind" || change.kind === "restart");
}
