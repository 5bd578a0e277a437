/**
 * Sequences laid out for the device: padded on the right to one rectangle, one or several to a row, with the list of places
 * at which a next token is a target. The loss looks at those places only; prompts and padding never reach the output layer.
 * Sequences that share a row do not see each other: each has its own segment and counts its positions from 0.
 */
import type { EncodedSample } from "./encoding.ts";

export type TargetBatch = {
  readonly rows: number;
  /** Length of the rectangle. */
  readonly time: number;
  /** How many of its tokens are real. */
  readonly tokens: number;
  /** `[rows · time]` each; a row's sequences have the segments 0, 1, …, padding −1. */
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  readonly segments: Int32Array;
  /** `[targets]` each: the place of the token before, the token itself, its span's role and weight, and the sample it is of, counted row by row. */
  readonly places: Int32Array;
  readonly targets: Int32Array;
  readonly roles: readonly string[];
  readonly weights: Float32Array;
  readonly samples: Int32Array;
};

/** Lays samples out, each in a row of its own. `roundTo` makes lengths a multiple of it, so that few different shapes occur. */
export function layOut(samples: readonly EncodedSample[], roundTo = 1): TargetBatch {
  return layOutRows(
    samples.map((sample) => [sample]),
    roundTo,
  );
}

/** Lays rows of samples out, the samples of a row one behind the other. */
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
    // Padding counts on, so that a padded row's positions are those of its neighbours and need no angles of their own.
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
