/**
 * Causal attention, one head at a time. Keys and values are packed once per group of heads. Queries are processed in blocks, so that
 * keys after a block are not computed. A few queries (decoding) are computed without packing, which would take longer than the
 * scores.
 */
import { multiplyPart, pack } from "./product";
import { across, dot, maxOf, scaleRow } from "./rows";
import { exp1, exp4, ln } from "./scalar";

const block: i32 = 16;

/** @ts-ignore: decorator */
@inline
function packedBytes(inner: i32, columns: i32): usize {
  return (inner * ((columns + 7) & ~7)) << 2;
}

/**
 * Replaces the scores in `[from, to)` by probabilities and returns log Σ exp. Keys of other segments get 0. Scores outside the range
 * are not changed.
 */
function softmax(row: usize, from: i32, to: i32, segments: usize, own: i32): f32 {
  const start = row + (from << 2);
  const count = to - from;
  const mine = i32x4.splat(own);
  const never = f32x4.splat(-Infinity);
  segments += from << 2;
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at: usize = j << 2;
    const same = i32x4.eq(v128.load(segments + at), mine);
    v128.store(start + at, v128.bitselect(v128.load(start + at), never, same));
  }
  for (; j < count; j++) {
    if (load<i32>(segments + (j << 2)) != own) store<f32>(start + (j << 2), -Infinity);
  }
  const most = maxOf(start, count);
  const m = f32x4.splat(most);
  let sum4 = f32x4.splat(0);
  for (j = 0; j + 4 <= count; j += 4) {
    const at = start + (j << 2);
    const e = exp4(f32x4.sub(v128.load(at), m));
    v128.store(at, e);
    sum4 = f32x4.add(sum4, e);
  }
  let sum = across(sum4);
  for (; j < count; j++) {
    const at = start + (j << 2);
    const e = exp1(load<f32>(at) - most);
    store<f32>(at, e);
    sum += e;
  }
  scaleRow(start, f32(1) / sum, count);
  return f32(f64(most) + ln(sum));
}

export function attention(
  q: usize, k: usize, v: usize, segments: usize, y: usize, sums: usize,
  batch: i32, queries: i32, keys: i32, capacity: i32, heads: i32, kvHeads: i32, width: i32, window: i32,
  scale: f32, scratch: usize,
): void {
  const first = keys - queries;
  const stride = (keys + 3) & ~3;
  const packedK = scratch;
  const packedV = packedK + packedBytes(width, keys);
  const scores = packedV + packedBytes(keys, width);
  const group = heads / kvHeads;
  const cacheRow = kvHeads * width;
  const few = queries < 4;
  for (let b = 0; b < batch; b++) {
    const segment = segments + ((b * capacity) << 2);
    for (let shared = 0; shared < kvHeads; shared++) {
      const key = k + ((b * capacity * cacheRow + shared * width) << 2);
      const value = v + ((b * capacity * cacheRow + shared * width) << 2);
      if (!few) {
        pack(key, 1, cacheRow, width, keys, packedK);
        pack(value, cacheRow, 1, keys, width, packedV);
      }
      for (let h = shared * group; h < (shared + 1) * group; h++) {
        const lane = (b * queries * heads + h) * width;
        const logs = sums + (((b * heads + h) * queries) << 2);
        for (let i0 = 0; i0 < queries; i0 += block) {
          const end = min(queries, i0 + block);
          const limit = first + end;
          const at: usize = (lane + i0 * heads * width) << 2;
          if (few) scoreFew(q + at, heads * width, key, cacheRow, scores, stride, end, first, width, scale);
          else multiplyPart(q + at, heads * width, 1, packedK, width, scores, stride, end - i0, limit, width, scale, 0);
          for (let i = i0; i < end; i++) {
            const row = scores + (((i - i0) * stride) << 2);
            const place = first + i;
            const own = load<i32>(segment + (place << 2));
            if (own < 0) {
              memory.fill(row, 0, limit << 2);
              store<f32>(logs + (i << 2), 0);
              continue;
            }
            const from = window > 0 ? max(0, place - window + 1) : 0;
            memory.fill(row, 0, from << 2);
            memory.fill(row + ((place + 1) << 2), 0, (limit - place - 1) << 2);
            store<f32>(logs + (i << 2), softmax(row, from, place + 1, segment, own));
          }
          if (few) mixFew(scores, stride, value, cacheRow, y + at, heads * width, end, limit, width);
          else multiplyPart(scores, stride, 1, packedV, keys, y + at, heads * width, end - i0, width, limit, 1, 0);
        }
      }
    }
  }
}

/** The scores of a few queries for all keys up to their own, without packing. */
function scoreFew(
  q: usize, qRow: i32, k: usize, kRow: i32, scores: usize, stride: i32, queries: i32, first: i32, width: i32, scale: f32,
): void {
  for (let i = 0; i < queries; i++) {
    let key = k;
    for (let j = 0; j <= first + i; j++) {
      store<f32>(scores + ((i * stride + j) << 2), dot(q, key, width) * scale);
      key += kRow << 2;
    }
    q += qRow << 2;
  }
}

/** The values weighted by a few rows of probabilities. */
function mixFew(
  p: usize, stride: i32, v: usize, vRow: i32, y: usize, yRow: i32, queries: i32, keys: i32, width: i32,
): void {
  const step: usize = vRow << 2;
  for (let i = 0; i < queries; i++) {
    const end = p + (keys << 2);
    let w = 0;
    for (; w + 8 <= width; w += 8) {
      let low = f32x4.splat(0);
      let high = f32x4.splat(0);
      let value = v + (w << 2);
      for (let at = p; at < end; at += 4) {
        const share = v128.load_splat<f32>(at);
        low = f32x4.add(low, f32x4.mul(share, v128.load(value)));
        high = f32x4.add(high, f32x4.mul(share, v128.load(value, 16)));
        value += step;
      }
      v128.store(y + (w << 2), low);
      v128.store(y + (w << 2), high, 16);
    }
    for (; w < width; w++) {
      let sum: f32 = 0;
      let value = v + (w << 2);
      for (let at = p; at < end; at += 4) {
        sum += load<f32>(at) * load<f32>(value);
        value += step;
      }
      store<f32>(y + (w << 2), sum);
    }
    p += stride << 2;
    y += yRow << 2;
  }
}

/** p = exp(score − log Σ) in `[from, to)`; 0 for keys of other segments. */
function probabilities(row: usize, from: i32, to: i32, segments: usize, own: i32, logSum: f32): void {
  const mine = i32x4.splat(own);
  const log4 = f32x4.splat(logSum);
  let j = from;
  for (; j + 4 <= to; j += 4) {
    const at: usize = j << 2;
    const e = exp4(f32x4.sub(v128.load(row + at), log4));
    v128.store(row + at, v128.and(e, i32x4.eq(v128.load(segments + at), mine)));
  }
  for (; j < to; j++) {
    const at: usize = j << 2;
    store<f32>(row + at, load<i32>(segments + at) == own ? exp1(load<f32>(row + at) - logSum) : 0);
  }
}

/** ds = p·(dp − Σ p·dp)·scale, in place of dp. */
function softmaxGradient(p: usize, dp: usize, count: i32, scale: f32): void {
  const mean = dot(p, dp, count);
  const m = f32x4.splat(mean);
  const s = f32x4.splat(scale);
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at: usize = j << 2;
    v128.store(dp + at, f32x4.mul(f32x4.mul(v128.load(p + at), f32x4.sub(v128.load(dp + at), m)), s));
  }
  for (; j < count; j++) {
    const at: usize = j << 2;
    store<f32>(dp + at, load<f32>(p + at) * (load<f32>(dp + at) - mean) * scale);
  }
}

export function attentionGradient(
  dy: usize, q: usize, k: usize, v: usize, segments: usize, sums: usize, dq: usize, dk: usize, dv: usize,
  batch: i32, queries: i32, keys: i32, heads: i32, kvHeads: i32, width: i32, window: i32,
  scale: f32, scratch: usize,
): void {
  const first = keys - queries;
  const stride = (keys + 3) & ~3;
  const acrossK = scratch;
  const acrossV = acrossK + packedBytes(width, keys);
  const alongK = acrossV + packedBytes(width, keys);
  const rows = alongK + packedBytes(keys, width);
  const p = rows + packedBytes(queries, width);
  const ds = p + ((queries * stride) << 2);
  const group = heads / kvHeads;
  const kRow = kvHeads * width;
  const qRow = heads * width;
  for (let b = 0; b < batch; b++) {
    const segment = segments + ((b * keys) << 2);
    for (let shared = 0; shared < kvHeads; shared++) {
      const lane: usize = (b * keys * kRow + shared * width) << 2;
      pack(k + lane, 1, kRow, width, keys, acrossK);
      pack(v + lane, 1, kRow, width, keys, acrossV);
      pack(k + lane, kRow, 1, keys, width, alongK);
      for (let h = shared * group; h < (shared + 1) * group; h++) {
        const start: usize = (b * queries * qRow + h * width) << 2;
        const logs = sums + (((b * heads + h) * queries) << 2);
        for (let i0 = 0; i0 < queries; i0 += block) {
          const count = min(block, queries - i0);
          const limit = first + i0 + count;
          const at: usize = start + ((i0 * qRow) << 2);
          const place: usize = (i0 * stride) << 2;
          multiplyPart(q + at, qRow, 1, acrossK, width, p + place, stride, count, limit, width, scale, 0);
          multiplyPart(dy + at, qRow, 1, acrossV, width, ds + place, stride, count, limit, width, 1, 0);
          for (let i = i0; i < i0 + count; i++) {
            const row: usize = (i * stride) << 2;
            const own = load<i32>(segment + ((first + i) << 2));
            const to = own < 0 ? 0 : first + i + 1;
            const from = window > 0 ? max(0, to - window) : 0;
            memory.fill(p + row, 0, from << 2);
            memory.fill(ds + row, 0, from << 2);
            memory.fill(p + row + (to << 2), 0, (keys - to) << 2);
            memory.fill(ds + row + (to << 2), 0, (keys - to) << 2);
            probabilities(p + row, from, to, segment, own, load<f32>(logs + (i << 2)));
            const skip: usize = from << 2;
            softmaxGradient(p + row + skip, ds + row + skip, to - from, scale);
          }
          multiplyPart(ds + place, stride, 1, alongK, keys, dq + at, qRow, count, width, limit, 1, 0);
        }
        const add = i32(h > shared * group);
        pack(dy + start, qRow, 1, queries, width, rows);
        addUp(p, stride, rows, queries, first, keys, dv + lane, kRow, width, add);
        pack(q + start, qRow, 1, queries, width, rows);
        addUp(ds, stride, rows, queries, first, keys, dk + lane, kRow, width, add);
      }
    }
  }
}

/** to = sᵀ·rows, or to += sᵀ·rows. For each block of keys the queries before it are skipped. */
function addUp(
  s: usize, stride: i32, rows: usize, queries: i32, first: i32, keys: i32, to: usize, toRow: i32, width: i32, add: i32,
): void {
  for (let j = 0; j < keys; j += block) {
    const count = min(block, keys - j);
    const from = max(0, j - first);
    const a = s + ((from * stride + j) << 2);
    const at = to + ((j * toRow) << 2);
    multiplyPart(a, 1, stride, rows + (from << 5), queries, at, toRow, count, width, queries - from, 1, add);
  }
}
