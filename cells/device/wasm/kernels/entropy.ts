/** Cross-entropy over a vocabulary, a few rows of logits at a time. */
import { multiplyNarrow, multiplyNarrowRows } from "./narrow";
import { multiply, pack } from "./product";
import { across, maxOf } from "./rows";
import { exp1, exp4, ln } from "./scalar";

/** @ts-ignore: decorator */
@inline
function packedBytes(inner: i32, columns: i32): usize {
  return (inner * ((columns + 7) & ~7)) << 2;
}

/** log Σ exp of a row. */
function logSumExp(row: usize, size: i32): f32 {
  const most = maxOf(row, size);
  const m = f32x4.splat(most);
  let sum4 = f32x4.splat(0);
  let more4 = f32x4.splat(0);
  let j = 0;
  for (; j + 8 <= size; j += 8) {
    const at = row + (j << 2);
    sum4 = f32x4.add(sum4, exp4(f32x4.sub(v128.load(at), m)));
    more4 = f32x4.add(more4, exp4(f32x4.sub(v128.load(at, 16), m)));
  }
  let sum = across(f32x4.add(sum4, more4));
  for (; j < size; j++) sum += exp1(load<f32>(row + (j << 2)) - most);
  return f32(f64(most) + ln(sum));
}

/** The place of the first target that is out of range, or −1. */
function firstInvalid(targets: usize, rows: i32, vocab: i32): i32 {
  for (let i = 0; i < rows; i++) {
    if (u32(load<i32>(targets + (i << 2))) >= u32(vocab)) return i;
  }
  return -1;
}

/** NLL and log Σ exp of `count` rows from `i0`. */
function likelihoods(targets: usize, nll: usize, sums: usize, i0: i32, count: i32, vocab: i32, logits: usize): void {
  for (let i = i0; i < i0 + count; i++) {
    const row = logits + (((i - i0) * vocab) << 2);
    const sum = logSumExp(row, vocab);
    store<f32>(sums + (i << 2), sum);
    store<f32>(nll + (i << 2), sum - load<f32>(row + (load<i32>(targets + (i << 2)) << 2)));
  }
}

export function crossEntropy(
  hidden: usize, head: usize, targets: usize, nll: usize, sums: usize,
  rows: i32, width: i32, vocab: i32, chunk: i32, scratch: usize,
): i32 {
  const invalid = firstInvalid(targets, rows, vocab);
  if (invalid >= 0) return invalid;
  const logits = scratch + packedBytes(width, vocab);
  pack(head, 1, width, width, vocab, scratch);
  for (let i0 = 0; i0 < rows; i0 += chunk) {
    const count = min(chunk, rows - i0);
    multiply(hidden + ((i0 * width) << 2), width, 1, scratch, logits, vocab, count, vocab, width, 1, 0);
    likelihoods(targets, nll, sums, i0, count, vocab, logits);
  }
  return -1;
}

/** With a head in 16 bits. */
export function crossEntropyNarrow(
  hidden: usize, head: usize, half: i32, targets: usize, nll: usize, sums: usize,
  rows: i32, width: i32, vocab: i32, chunk: i32, scratch: usize, logits: usize,
): i32 {
  const invalid = firstInvalid(targets, rows, vocab);
  if (invalid >= 0) return invalid;
  for (let i0 = 0; i0 < rows; i0 += chunk) {
    const count = min(chunk, rows - i0);
    const from = hidden + ((i0 * width) << 2);
    multiplyNarrow(from, width, 1, head, half, logits, vocab, count, vocab, width, 0, scratch);
    likelihoods(targets, nll, sums, i0, count, vocab, logits);
  }
  return -1;
}

/** Replaces the logits of `count` rows from `i0` by (softmax − one-hot)·dy. */
function logitGradients(
  dy: usize, targets: usize, sums: usize, i0: i32, count: i32, vocab: i32, logits: usize,
): void {
  for (let i = i0; i < i0 + count; i++) {
    const row = logits + (((i - i0) * vocab) << 2);
    const sum = load<f32>(sums + (i << 2));
    const factor = load<f32>(dy + (i << 2));
    const s = f32x4.splat(sum);
    const f = f32x4.splat(factor);
    let j = 0;
    for (; j + 4 <= vocab; j += 4) {
      const at = row + (j << 2);
      v128.store(at, f32x4.mul(exp4(f32x4.sub(v128.load(at), s)), f));
    }
    for (; j < vocab; j++) {
      const at = row + (j << 2);
      store<f32>(at, exp1(load<f32>(at) - sum) * factor);
    }
    const at = row + (load<i32>(targets + (i << 2)) << 2);
    store<f32>(at, load<f32>(at) - factor);
  }
}

export function crossEntropyHidden(
  dy: usize, hidden: usize, head: usize, targets: usize, sums: usize, to: usize,
  rows: i32, width: i32, vocab: i32, chunk: i32, scratch: usize,
): void {
  const along = scratch + packedBytes(width, vocab);
  const logits = along + packedBytes(vocab, width);
  pack(head, 1, width, width, vocab, scratch);
  pack(head, width, 1, vocab, width, along);
  for (let i0 = 0; i0 < rows; i0 += chunk) {
    const count = min(chunk, rows - i0);
    multiply(hidden + ((i0 * width) << 2), width, 1, scratch, logits, vocab, count, vocab, width, 1, 0);
    logitGradients(dy, targets, sums, i0, count, vocab, logits);
    multiply(logits, vocab, 1, along, to + ((i0 * width) << 2), width, count, width, vocab, 1, 0);
  }
}

/** With a head in 16 bits. */
export function crossEntropyHiddenNarrow(
  dy: usize, hidden: usize, head: usize, half: i32, targets: usize, sums: usize, to: usize,
  rows: i32, width: i32, vocab: i32, chunk: i32, scratch: usize, logits: usize,
): void {
  for (let i0 = 0; i0 < rows; i0 += chunk) {
    const count = min(chunk, rows - i0);
    const from = hidden + ((i0 * width) << 2);
    const out = to + ((i0 * width) << 2);
    multiplyNarrow(from, width, 1, head, half, logits, vocab, count, vocab, width, 0, scratch);
    logitGradients(dy, targets, sums, i0, count, vocab, logits);
    multiplyNarrowRows(logits, vocab, 1, head, half, out, width, count, vocab, width, 1, scratch);
  }
}

export function crossEntropyHead(
  dy: usize, hidden: usize, head: usize, targets: usize, sums: usize, to: usize,
  rows: i32, width: i32, vocab: i32, chunk: i32, scratch: usize,
): void {
  const packedRows = scratch + packedBytes(width, vocab);
  const logits = packedRows + packedBytes(chunk, width);
  if (rows == 0) memory.fill(to, 0, (vocab * width) << 2);
  pack(head, 1, width, width, vocab, scratch);
  for (let i0 = 0; i0 < rows; i0 += chunk) {
    const count = min(chunk, rows - i0);
    multiply(hidden + ((i0 * width) << 2), width, 1, scratch, logits, vocab, count, vocab, width, 1, 0);
    logitGradients(dy, targets, sums, i0, count, vocab, logits);
    pack(hidden + ((i0 * width) << 2), width, 1, count, width, packedRows);
    multiply(logits, 1, vocab, packedRows, to, width, vocab, width, count, 1, i32(i0 > 0));
  }
}
