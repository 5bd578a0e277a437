/** Which samples a step of fine-tuning learns from, and how they are laid out in micro-batches. */
import type { EncodedSample } from "../../model/encoded-sample.ts";
import { layOut, layOutRows, type TargetBatch } from "../../model/target-rows.ts";
import { random } from "../../random.ts";
import { packRows } from "./packing.ts";

/** Row lengths are multiples of this, so that the device sees few different shapes. */
export const lengthStep = 8;

/**
 * The endless sequence of samples: all of them in a random order, then all again in another order, and so on. Reading
 * forward is cheap; going back draws the orders again from the first round.
 * @returns the function that gives the indices at the places `start` to `end` (exclusive) of the sequence
 */
export function sampleOrder(count: number, seed: number): (start: number, end: number) => number[] {
  if (count === 0) throw new Error("There are no samples to train on.");
  let source = random(seed, "order");
  let rounds = 0;
  let order: ArrayLike<number> = [];
  const at = (place: number): number => {
    const round = Math.floor(place / count);
    if (round + 1 < rounds) [source, rounds] = [random(seed, "order"), 0];
    for (; rounds <= round; rounds += 1) order = source.order(count);
    return order[place % count]!;
  };
  return (start, end) => Array.from({ length: end - start }, (_, offset) => at(start + offset));
}

/**
 * Cuts a step's samples into micro-batches of at most `batch` samples. Without packing, samples of similar length are
 * put together; with it, as many as fit share a row of at most `packing` tokens (`true`: the longest sample's length).
 */
export function microBatches(
  samples: readonly EncodedSample[],
  { batch, packing = false }: { readonly batch: number; readonly packing?: boolean | number | undefined },
): TargetBatch[] {
  // Sorting saves no padding in a single micro-batch.
  const sorts = packing === false && samples.length > batch;
  const ordered = sorts ? samples.toSorted((a, b) => a.ids.length - b.ids.length) : samples;
  return Array.from({ length: Math.ceil(samples.length / batch) }, (_, micro) => {
    const own = ordered.slice(micro * batch, (micro + 1) * batch);
    if (packing === false) return layOut(own, lengthStep);
    const lengths = own.map(({ ids }) => ids.length);
    const room = packing === true ? Math.ceil(Math.max(...lengths) / lengthStep) * lengthStep : packing;
    const rows = packRows(lengths, room).map((row) => row.map((at) => own[at]!));
    return layOutRows(rows, lengthStep);
  });
}
