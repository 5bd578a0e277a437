/**
 * LoRA's dropout: during training the low-rank part does not see some inputs; the frozen part sees all of them. Each step and each linear
 * layer drops its own. They are drawn by layer name and not by call order, so a layer that is computed a second time for its gradient
 * (gradient checkpointing) drops the same ones.
 */
import * as tf from "@tensorflow/tfjs";
import type { Dropped } from "../device/functions.ts";
import { log } from "../portable-math.ts";
import type { Random } from "../random.ts";

export interface Dropout {
  /** Of an input with `size` elements. The others are multiplied by 1 ÷ (1 − rate), which keeps the expected sum. */
  dropped(layer: string, size: number): Dropped;
}

type Draws = Pick<Random, "choices" | "uniform">;

/** @param draws returns, for a layer's name, its own source of random numbers */
export function dropout(rate: number, draws: (layer: string) => Draws): Dropout {
  return {
    dropped(layer, size) {
      const places = rate > rareUpTo ? drawnEach(draws(layer), size, rate) : drawnGaps(draws(layer), size, rate);
      return { places: tf.tensor1d(places, "int32"), factor: 1 / (1 - rate) };
    },
  };
}

/** The highest rate at which drawing the gaps is faster than drawing each element. */
const rareUpTo = 0.25;

function drawnEach({ choices }: Draws, size: number, rate: number): Int32Array {
  const isDropped = choices(size, rate, 1, 0);
  const places = new Int32Array(size);
  let count = 0;
  for (let at = 0; at < size; at += 1) {
    places[count] = at;
    count += isDropped[at]!;
  }
  return places.slice(0, count);
}

/** Few elements are dropped, so what is drawn is how many are kept before the next one: geometric, as with a draw for each. */
function drawnGaps({ uniform }: Draws, size: number, rate: number): Int32Array {
  const perLog = 1 / log(1 - rate);
  const gap = (): number => Math.floor(log(1 - uniform()) * perLog);
  // Room for six standard deviations more than expected.
  let places = new Int32Array(Math.ceil(size * rate + 6 * Math.sqrt(size * rate)) + 1);
  let count = 0;
  for (let at = gap(); at < size; at += 1 + gap()) {
    if (count === places.length) places = enlarged(places);
    places[count] = at;
    count += 1;
  }
  return places.slice(0, count);
}

function enlarged(places: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * places.length);
  larger.set(places);
  return larger;
}
