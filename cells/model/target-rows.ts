/**
 * A batch of sequences as one rectangle, padded on the right, with the list of places whose next token is a target. Only those
 * places reach the output layer; prompts and padding do not. A row holds one sequence or several (packing). Packed sequences do not
 * see each other: each has its own segment and its positions begin at 0.
 */
import type { EncodedSample } from "./encoded-sample.ts";

export type TargetBatch = {
  readonly rows: number;
  /** Tokens per row, padding included. */
  readonly time: number;
  /** Tokens in the batch, without padding. */
  readonly tokens: number;
  /** `[rows · time]` each. The sequences of a row have the segments 0, 1, …; padding has −1. */
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly segments: Int32Array;
  /** `[targets]` each: the place of the token before the target, the target, its role and weight, and its sample, counted row by row. */
  readonly places: Int32Array;
  readonly targets: Int32Array;
  readonly roles: readonly string[];
  readonly weights: Float32Array;
  readonly samples: Int32Array;
};

/** One row per sample. @param roundTo row lengths become a multiple of it, so that few different shapes occur */
export function layOut(samples: readonly EncodedSample[], roundTo = 1): TargetBatch {
  return layOutRows(
    samples.map((sample) => [sample]),
    roundTo,
  );
}

/** Several samples per row, one after the other. */
export function layOutRows(rows: readonly (readonly EncodedSample[])[], roundTo = 1): TargetBatch {
  const longest = Math.max(...rows.map((row) => row.reduce((sum, { ids }) => sum + ids.length, 0)));
  const time = Math.ceil(longest / roundTo) * roundTo;
  const size = rows.length * time;
  const ids = new Int32Array(size);
  const positions = new Int32Array(size);
  const segments = new Int32Array(size).fill(-1);
  const places: number[] = [];
  const targets: number[] = [];
  const roles: string[] = [];
  const weights: number[] = [];
  const owners: number[] = [];
  let [tokens, count] = [0, 0];
  for (const [row, samples] of rows.entries()) {
    let start = row * time;
    for (const [segment, sample] of samples.entries()) {
      tokens += sample.ids.length;
      ids.set(sample.ids, start);
      segments.fill(segment, start, start + sample.ids.length);
      for (const t of sample.ids.keys()) positions[start + t] = t;
      for (const { role, weight, from, to } of sample.spans) {
        for (let t = from; t < to; t += 1) {
          places.push(start + t - 1);
          targets.push(sample.ids[t]!);
          roles.push(role);
          weights.push(weight);
          owners.push(count);
        }
      }
      start += sample.ids.length;
      count += 1;
    }
    // Positions go on in the padding, as in the other rows, so that RoPE can use the same angles for all rows.
    for (let place = start; place < (row + 1) * time; place += 1) positions[place] = positions[place - 1]! + 1;
  }
  return {
    rows: rows.length,
    time,
    tokens,
    ids,
    positions,
    segments,
    places: Int32Array.from(places),
    targets: Int32Array.from(targets),
    roles,
    weights: Float32Array.from(weights),
    samples: Int32Array.from(owners),
  };
}
