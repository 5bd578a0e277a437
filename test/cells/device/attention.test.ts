/** Which keys a query sees, and that decoding from a cache gives the same results as the complete sequence. */
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { appendCache, attention } from "../../../cells/device/functions.ts";
import { backends } from "./backends.ts";
import { noise } from "./cases.ts";
import { difference, valuesOf } from "./evaluate.ts";

const [heads, kvHeads] = [4, 2];
let width = 8;
type Query = { batch: number; from: number; to: number; segments: number[]; window?: number };

/** Attention of the queries in [from, to) over the keys before `to`, by definition and in double precision. */
function plain({ batch, from, to, segments, window }: Query, length: number): Float32Array {
  const [q, k, v] = sequence(batch, length);
  const out = new Float32Array(batch * (to - from) * heads * width);
  for (let b = 0; b < batch; b++) {
    for (let p = from; p < to; p++) {
      const own = segments[b * length + p]!;
      if (own < 0) continue;
      for (let h = 0; h < heads; h++) {
        const key = (j: number, i: number) =>
          ((b * length + j) * kvHeads + Math.floor((h * kvHeads) / heads)) * width + i;
        const visible = Array.from({ length: p + 1 }, (_, j) => j).filter(
          (j) => segments[b * length + j] === own && p - j < (window ?? length),
        );
        const dots = visible.map((j) => {
          let dot = 0;
          for (let i = 0; i < width; i++) dot += q[((b * length + p) * heads + h) * width + i]! * k[key(j, i)]!;
          return Math.exp(dot / Math.sqrt(width));
        });
        const total = dots.reduce((sum, x) => sum + x, 0);
        for (let i = 0; i < width; i++) {
          const mixed = visible.reduce((sum, j, place) => sum + (dots[place]! / total) * v[key(j, i)]!, 0);
          out[((b * (to - from) + p - from) * heads + h) * width + i] = mixed;
        }
      }
    }
  }
  return out;
}

function sequence(batch: number, length: number): [Float32Array, Float32Array, Float32Array] {
  const keys = batch * length * kvHeads * width;
  return [noise(batch * length * heads * width, 1).map((x) => 3 * x), noise(keys, 2), noise(keys, 3)];
}

/** The same on the device, with caches that have spare capacity. */
async function device({ batch, from, to, segments, window }: Query, length: number): Promise<Float32Array> {
  const y = tf.tidy(() => {
    const [q, k, v] = sequence(batch, length);
    const queries = tf.slice(
      tf.tensor(q, [batch, length, heads, width]),
      [0, from, 0, 0],
      [batch, to - from, heads, width],
    );
    const cache = (values: Float32Array) => tf.tensor(values, [batch, length, kvHeads, width]);
    const marks = tf.tensor(segments, [batch, length], "int32");
    const options = window === undefined ? { keys: to } : { keys: to, window };
    return attention(queries, cache(k), cache(v), marks, options);
  });
  return (await valuesOf([y]))[0]!;
}

describe.each(["cpu", ...backends])("attention on %s", (backend) => {
  beforeAll(() => tf.setBackend(backend));

  // Heads of width 64 have code of their own.
  test.each([8, 64])("a query sees its segment, up to its place, inside the window (head width %i)", async (size) => {
    width = size;
    const queries = fc
      .record({ batch: fc.integer({ min: 1, max: 2 }), length: fc.integer({ min: 1, max: 21 }) })
      .chain(({ batch, length }) =>
        fc.record({
          batch: fc.constant(batch),
          length: fc.constant(length),
          ends: fc.tuple(fc.nat(length - 1), fc.nat(length - 1)),
          segments: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: batch * length, maxLength: batch * length }),
          window: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(queries, async ({ batch, length, ends, segments, window }) => {
        const range = { from: Math.min(...ends), to: Math.max(...ends) + 1 };
        const query = { batch, ...range, segments, ...(window === undefined ? {} : { window }) };
        expect(difference(await device(query, length), plain(query, length))).toBeLessThan(3e-6);
      }),
      { numRuns: 40 },
    );
  });

  test("appending to the cache changes only the appended rows", async () => {
    const before = tf.memory().numTensors;
    const grown = tf.tidy(() => {
      const cache = tf.fill([2, 4, 1, 3], 7);
      const rows = tf.tensor(noise(12, 5), [2, 2, 1, 3]);
      return appendCache(cache, rows, 1);
    });
    const [values] = await valuesOf([grown]);
    const rows = noise(12, 5);
    const seven = [7, 7, 7];
    expect([...values!]).toEqual([...seven, ...rows.slice(0, 6), ...seven, ...seven, ...rows.slice(6), ...seven]);
    expect(tf.memory().numTensors).toBe(before);
    tf.tidy(() => {
      expect(() => appendCache(tf.zeros([2, 4, 1, 3]), tf.zeros([2, 2, 1, 3]), 3)).toThrow(/do not fit into the cache/);
    });
  });
});
