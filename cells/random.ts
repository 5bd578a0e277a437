/**
 * All random numbers come from one generator: sfc32 by Chris Doty-Humphrey (https://pracrand.sourceforge.net), seeded by
 * a hash of a text. It uses integer arithmetic and the portable functions only, so the same seed gives the same numbers on every platform.
 *
 * Different texts give independent streams. So a training resumes by the name of its position ("pool 7"), and the state of a
 * generator never needs to be saved.
 */

import { cos, log } from "./portable-math.ts";

export interface Random {
  /** Uniform from 0 (inclusive) to 1 (exclusive), with 32 random bits. */
  uniform(): number;
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;
  /** For each of `count` draws of `uniform`, `below` if it is below a level, else `other`. Much faster than single draws. */
  choices(count: number, level: number, below: number, other: number): Float32Array;
  /** A random order of 0 … count − 1. */
  order(count: number): Int32Array;
}

/** The stream of one purpose under a seed. */
export function random(seed: number, purpose: string): Random {
  const [a, b, c, counter] = [0, 1, 2, 3].map((word) => fnv1a(`${seed}/${purpose}/${word}`)) as [
    number,
    number,
    number,
    number,
  ];
  const { next, fill } = generator(a, b, c, counter);
  const uniform = (): number => next() / 2 ** 32;
  return {
    uniform,
    // Box-Muller. The sine would give a second number, which the generator would have to store; it is not used.
    normal: () => Math.sqrt(-2 * log(1 - uniform())) * cos(2 * Math.PI * uniform()),
    choices(count, level, below, other) {
      const values = new Float32Array(count);
      // A division by a power of 2 is exact, so this compares as `uniform() < level` does.
      fill(values, level * 2 ** 32, below, other);
      return values;
    },
    order: (count) => {
      const order = Int32Array.from({ length: count }, (_, index) => index);
      for (let last = count - 1; last > 0; last -= 1) {
        const other = Math.floor(uniform() * (last + 1));
        [order[last], order[other]] = [order[other]!, order[last]!];
      }
      return order;
    },
  };
}

/** @returns a generator of whole numbers from 0 to 2³² − 1, after twelve rounds of warm-up. */
export function sfc32(a: number, b: number, c: number, counter: number): () => number {
  return generator(a, b, c, counter).next;
}

function generator(a: number, b: number, c: number, counter: number) {
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) next();
  return {
    next,
    /** The same numbers as `next`, each compared with a limit. The state is in local variables, which is several times faster. */
    fill(values: Float32Array, limit: number, below: number, other: number): void {
      let [x, y, z, n] = [a, b, c, counter];
      for (let at = 0; at < values.length; at += 1) {
        const sum = (x + y + n) | 0;
        n = (n + 1) | 0;
        x = y ^ (y >>> 9);
        y = (z + (z << 3)) | 0;
        z = (((z << 21) | (z >>> 11)) + sum) | 0;
        values[at] = sum >>> 0 < limit ? below : other;
      }
      [a, b, c, counter] = [x, y, z, n];
    },
  };
}

/**
 * FNV-1a over UTF-16 code units with murmur3's finalizer, which spreads the low bits enough to take remainders.
 * @returns a whole number from 0 to 2³² − 1
 */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Over UTF-8 bytes, without a finalizer: the words of `random`'s seeds. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
