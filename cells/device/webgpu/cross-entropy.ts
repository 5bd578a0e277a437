/**
 * Cross-entropy in WGSL: a product computes the logits of some rows at a time, then one workgroup handles each row. For the backward
 * pass the logits are computed again and replaced by their gradient.
 */
import type * as tf from "@tensorflow/tfjs";
import { rowsOf, widthOf } from "../shape.ts";
import type { Gpu } from "./gpu.ts";
import { product } from "./product.ts";
import { program } from "./program.ts";

/** The most logits in memory at a time: 64 MiB. */
const maxLogits = 2 ** 24;

const sums = program({
  name: "CrossEntropy",
  reads: { logits: "f32", targets: "i32" },
  writes: { nll: "f32", logSum: "f32" },
  parameters: { rows: "u32", vocabulary: "u32", start: "u32", nan: "u32" },
  lanes: 256,
  functions: `
var<workgroup> tops: array<f32, 256>;
var<workgroup> totals: array<f32, 256>;`,
  body: `
  if (at >= p.rows) { return; }
  let begin = at * p.vocabulary;
  var top = -1e30;
  var sum = 0.0;
  for (var i = lane; i < p.vocabulary; i += 256u) {
    let x = logits[begin + i];
    let higher = max(top, x);
    sum = sum * exp(top - higher) + exp(x - higher);
    top = higher;
  }
  tops[lane] = top;
  totals[lane] = sum;
  workgroupBarrier();
  for (var reach = 128u; reach > 0u; reach /= 2u) {
    if (lane < reach) {
      let higher = max(tops[lane], tops[lane + reach]);
      totals[lane] = totals[lane] * exp(tops[lane] - higher) + totals[lane + reach] * exp(tops[lane + reach] - higher);
      tops[lane] = higher;
    }
    workgroupBarrier();
  }
  if (lane == 0u) {
    let row = p.start + at;
    let all = tops[0] + log(totals[0]);
    let target_id = u32(targets[row]);
    logSum[row] = all;
    if (target_id < p.vocabulary) { nll[row] = all - logits[begin + target_id]; } else { nll[row] = bitcast<f32>(p.nan); }
  }`,
});

const slopes = program({
  name: "CrossEntropy, gradient of the logits",
  reads: { dy: "f32", targets: "i32", logSum: "f32" },
  writes: { logits: "f32" },
  parameters: { size: "u32", vocabulary: "u32", start: "u32" },
  lanes: 64,
  body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  let row = p.start + i / p.vocabulary;
  let expected = exp(logits[i] - logSum[row]);
  logits[i] = (expected - select(0.0, 1.0, u32(targets[row]) == i % p.vocabulary)) * dy[row];`,
});

/** The bits of NaN, the result for an invalid id. A run stops when it reads it. */
export const notANumber = 0x7fc00000;

type Likelihood = { hidden: tf.TensorInfo; head: tf.TensorInfo; targets: tf.TensorInfo };
type Backward = Likelihood & { dy: tf.TensorInfo; logSum: tf.TensorInfo };

/** The NLL of a target outside the vocabulary is NaN, because a device cannot throw. */
export function crossEntropy({ hidden, head, targets }: Likelihood, _: object, gpu: Gpu): tf.TensorInfo[] {
  const vocabulary = rowsOf(head);
  const [nll, logSum] = [gpu.make([rowsOf(hidden)]), gpu.make([rowsOf(hidden)])];
  overParts({ hidden, head }, gpu, ({ logits, from, rows }) => {
    gpu.run(sums, { logits, targets, nll, logSum }, { rows, vocabulary, start: from, nan: notANumber }, rows);
  });
  return [nll, logSum];
}

export function crossEntropyHidden({ dy, hidden, head, targets, logSum }: Backward, _: object, gpu: Gpu) {
  const out = gpu.make(hidden.shape);
  const vocabulary = rowsOf(head);
  overParts({ hidden, head }, gpu, ({ logits, from, rows }) => {
    turn({ dy, targets, logSum, logits }, { size: rows * vocabulary, vocabulary, start: from }, gpu);
    const sizes = [rows, widthOf(hidden), vocabulary] as const;
    product(gpu, { a: { tensor: logits }, b: { tensor: head }, c: out, from, sizes });
  });
  return out;
}

export function crossEntropyHead({ dy, hidden, head, targets, logSum }: Backward, _: object, gpu: Gpu) {
  const out = gpu.make(head.shape);
  const vocabulary = rowsOf(head);
  overParts({ hidden, head }, gpu, ({ logits, from, rows }) => {
    turn({ dy, targets, logSum, logits }, { size: rows * vocabulary, vocabulary, start: from }, gpu);
    const sizes = [vocabulary, widthOf(hidden), rows] as const;
    const b = { tensor: hidden, from };
    product(gpu, { a: { tensor: logits, transposed: true }, b, c: out, sizes, add: from > 0 });
  });
  return out;
}

type Slopes = { dy: tf.TensorInfo; targets: tf.TensorInfo; logSum: tf.TensorInfo; logits: tf.TensorInfo };

function turn(tensors: Slopes, sizes: { size: number; vocabulary: number; start: number }, gpu: Gpu): void {
  gpu.run(slopes, tensors, sizes, Math.ceil(sizes.size / 64));
}

type Part = { readonly logits: tf.TensorInfo; readonly from: number; readonly rows: number };

function overParts({ hidden, head }: Pick<Likelihood, "hidden" | "head">, gpu: Gpu, use: (part: Part) => void): void {
  const [count, vocabulary, width] = [rowsOf(hidden), rowsOf(head), widthOf(hidden)];
  const step = Math.min(count, Math.max(64, Math.floor(maxLogits / vocabulary)));
  const logits = gpu.make([step, vocabulary]);
  for (let from = 0; from < count; from += step) {
    const rows = Math.min(step, count - from);
    const a = { tensor: hidden, from };
    product(gpu, { a, b: { tensor: head, transposed: true }, c: logits, sizes: [rows, vocabulary, width] });
    use({ logits, from, rows });
  }
  gpu.free(logits);
}
