/**
 * Which samples a step learns from. Fine-tuning goes through a fixed set in a seeded order, anew each time round;
 * pre-training draws fresh samples into a pool, sorts it by length and cuts it into batches, so that little is padded.
 */
import type { EncodedSample } from "../../model/encoding.ts";
import { layOut, layOutRows, type TargetBatch } from "../../model/target-rows.ts";
import { random } from "../../random.ts";
import { packRows } from "./packing.ts";

/** Lengths of batches are multiples of this, so that the device sees few different shapes. */
export const lengthStep = 8;

/**
 * Rounds through all samples in a new random order each, without a gap between rounds. Going on costs nothing, going back
 * draws the orders anew from the first.
 * @returns the samples at the places `from` to `to` (exclusive) of that endless list
 */
export function sampleOrder(count: number, seed: number): (from: number, to: number) => number[] {
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
  return (from, to) => Array.from({ length: to - from }, (_, offset) => at(from + offset));
}

/**
 * Cuts a step's samples into micro-batches of at most `batch`, laid out for the device. Padded, those of like length come
 * together; packed, as many as fit share a row of at most `packing` tokens (`true`: of the longest sample's length).
 */
export function microBatches(
  samples: readonly EncodedSample[],
  { batch, packing = false }: { readonly batch: number; readonly packing?: boolean | number | undefined },
): TargetBatch[] {
  // One micro-batch is left in its order: there is nothing to gain.
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

/** Where a pre-training stands in its stream of samples. */
export type PoolPosition = { readonly pool: number; readonly batch: number };

/**
 * Cuts one pool into batches: sorted by length, filled up to `tokens` tokens with padding counted, in random order.
 * @param lengths of the pool's samples
 * @returns indices into the pool
 */
export function cutPool(lengths: readonly number[], tokens: number, order: (count: number) => Int32Array): number[][] {
  const sorted = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const batches: number[][] = [];
  let open: number[] = [];
  for (const index of sorted) {
    // Sorted, so the newest is the longest and decides how wide the batch would be.
    if (open.length > 0 && (open.length + 1) * lengths[index]! > tokens) {
      batches.push(open);
      open = [];
    }
    open.push(index);
  }
  if (open.length > 0) batches.push(open);
  return [...order(batches.length)].map((at) => batches[at]!);
}
