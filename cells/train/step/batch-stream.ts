/**
 * The batches of pre-training: samples are drawn from an endless stream into a pool, sorted by length and cut into
 * batches, so that little is padded.
 */
import { host } from "../../host.ts";
import type { EncodedSample } from "../../model/encoded-sample.ts";
import { random } from "../../random.ts";

/** The next batch of a stream: number of the pool, and number of the batch in it. */
export type PoolPosition = { readonly pool: number; readonly batch: number };

type Pool = {
  readonly samples: readonly EncodedSample[];
  /** Indices into `samples`. */
  readonly batches: readonly (readonly number[])[];
};

export type BatchStream = {
  position(): PoolPosition;
  moveTo(position: PoolPosition): void;
  next(): Promise<EncodedSample[]>;
};

/**
 * The batches of a stream, pool by pool. Any of them can be found again by its position.
 * @param sample the sample at a place of the stream
 * @param poolSize samples per pool
 * @param tokens per batch at most, padding included
 */
export function batchStream(
  sample: (index: number) => EncodedSample,
  { poolSize, tokens, seed }: { readonly poolSize: number; readonly tokens: number; readonly seed: number },
): BatchStream {
  let position: PoolPosition = { pool: 0, batch: 0 };
  let pool: Pool | undefined;
  const openPool = async (): Promise<Pool> => {
    const samples: EncodedSample[] = [];
    for (let index = 0; index < poolSize; index += 1) {
      // Encoding a pool takes about a second, in which a stop order must be able to arrive.
      if (index % 500 === 0) await host().breathe();
      samples.push(sample(position.pool * poolSize + index));
    }
    const lengths = samples.map(({ ids }) => ids.length);
    return { samples, batches: cutPool(lengths, tokens, random(seed, `pool ${position.pool}`).order) };
  };
  return {
    position: () => position,
    moveTo(target) {
      position = target;
      pool = undefined;
    },
    async next() {
      pool ??= await openPool();
      const { samples, batches } = pool;
      const batch = batches[position.batch]!;
      const isLast = position.batch + 1 === batches.length;
      position = isLast ? { pool: position.pool + 1, batch: 0 } : { pool: position.pool, batch: position.batch + 1 };
      if (isLast) pool = undefined;
      return batch.map((index) => samples[index]!);
    },
  };
}

/**
 * Cuts one pool into batches: sorted by length, filled up to `tokens` tokens including padding, in random order.
 * @param lengths of the pool's samples in tokens
 * @returns indices into the pool
 */
export function cutPool(lengths: readonly number[], tokens: number, order: (count: number) => Int32Array): number[][] {
  const sorted = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const batches: number[][] = [];
  let open: number[] = [];
  for (const index of sorted) {
    // In ascending order the newest sample is the longest, so its length would be the width of the batch.
    if (open.length > 0 && (open.length + 1) * lengths[index]! > tokens) {
      batches.push(open);
      open = [];
    }
    open.push(index);
  }
  if (open.length > 0) batches.push(open);
  return [...order(batches.length)].map((index) => batches[index]!);
}
