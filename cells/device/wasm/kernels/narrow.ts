/**
 * Weights in 16 bits, widened by the products that read them. Eight rows of a weight `[outputs, width]` form a panel, in which the eight
 * values of a column lie side by side; the last panel is filled with zeros. So x·wᵀ reads a panel from its beginning to its end, and
 * dy·w transposes blocks of eight by eight. A part of at most 256 × 256 values is widened at a time, which stays in the second-level
 * cache. Sums have the order of `multiply`, so the results are those of the widened weight, bit by bit.
 */
import { multiplyPart } from "./product";

/** As in `product`: sums over more than one block of the inner dimension are added up in c. */
const innerBlock: i32 = 256;

/** Columns of c whose part of the weight is widened at a time; for few rows one panel, which stays in the first-level cache. */
const group: i32 = 256;
const fewRows: i32 = 16;

/** Writes `rows` rows of 16-bit values into panels. */
export function storeNarrow(from: usize, to: usize, rows: i32, width: i32): void {
  const stride: usize = width << 1;
  for (let j = 0; j < rows; j += 8) {
    const count = min(8, rows - j);
    let k = 0;
    if (count == 8) {
      for (; k + 8 <= width; k += 8) transposeHalves(from + (k << 1), stride, to + (k << 4));
    }
    for (; k < width; k++) {
      for (let i = 0; i < 8; i++) {
        const value = i < count ? load<u16>(from + i * stride + (k << 1)) : 0;
        store<u16>(to + (k << 4) + (i << 1), value);
      }
    }
    from += stride << 3;
    to += width << 4;
  }
}

/** Reads eight rows of eight 16-bit values, and writes the columns one after the other. */
function transposeHalves(from: usize, stride: usize, to: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + (stride << 1));
  const r3 = v128.load(from + stride * 3);
  from += stride << 2;
  const r4 = v128.load(from);
  const r5 = v128.load(from + stride);
  const r6 = v128.load(from + (stride << 1));
  const r7 = v128.load(from + stride * 3);
  const a = v128.shuffle<i16>(r0, r1, 0, 8, 1, 9, 2, 10, 3, 11);
  const b = v128.shuffle<i16>(r0, r1, 4, 12, 5, 13, 6, 14, 7, 15);
  const c = v128.shuffle<i16>(r2, r3, 0, 8, 1, 9, 2, 10, 3, 11);
  const d = v128.shuffle<i16>(r2, r3, 4, 12, 5, 13, 6, 14, 7, 15);
  const e = v128.shuffle<i16>(r4, r5, 0, 8, 1, 9, 2, 10, 3, 11);
  const f = v128.shuffle<i16>(r4, r5, 4, 12, 5, 13, 6, 14, 7, 15);
  const g = v128.shuffle<i16>(r6, r7, 0, 8, 1, 9, 2, 10, 3, 11);
  const h = v128.shuffle<i16>(r6, r7, 4, 12, 5, 13, 6, 14, 7, 15);
  putColumns(to, a, c, e, g);
  putColumns(to + 64, b, d, f, h);
}

/** Four columns from pairs of rows: 0 and 1, 2 and 3, 4 and 5, 6 and 7. @ts-ignore: decorator */
@inline
function putColumns(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const lower = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const higher = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(low, lower, 0, 2));
  v128.store(to, v128.shuffle<i64>(low, lower, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(high, higher, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(high, higher, 1, 3), 48);
}

/** Four float16, in the low halves of words. A multiplication corrects the exponent and normalises subnormal numbers. @ts-ignore: decorator */
@inline
function widenedHalf(half: v128): v128 {
  const rest = v128.and(half, i32x4.splat(0x7fff));
  const value = f32x4.mul(i32x4.shl(rest, 13), f32x4.splat(reinterpret<f32>(0x77800000)));
  const special = v128.and(i32x4.ge_s(rest, i32x4.splat(0x7c00)), i32x4.splat(0x7f800000));
  return v128.or(v128.or(value, special), i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16));
}

/** Widens eight values. @ts-ignore: decorator */
@inline
function putWide(to: usize, halves: v128, half: i32): void {
  const low = i32x4.extend_low_i16x8_u(halves);
  const high = i32x4.extend_high_i16x8_u(halves);
  v128.store(to, half ? widenedHalf(low) : i32x4.shl(low, 16));
  v128.store(to, half ? widenedHalf(high) : i32x4.shl(high, 16), 16);
}

/** Widens eight values per step. */
function widenRun(from: usize, to: usize, steps: i32, half: i32): void {
  if (half) for (let i = 0; i < steps; i++) putWide(to + (i << 5), v128.load(from + (i << 4)), 1);
  else for (let i = 0; i < steps; i++) putWide(to + (i << 5), v128.load(from + (i << 4)), 0);
}

function wide(value: u16, half: i32): f32 {
  const word = i32x4.splat(i32(value));
  return f32x4.extract_lane(half ? widenedHalf(word) : i32x4.shl(word, 16), 0);
}

/** Eight columns of the first `rows` rows of a panel as rows of floats, `stride` bytes apart. `block` is temporary memory of 128 bytes. */
function widenBlock(from: usize, to: usize, stride: usize, rows: i32, half: i32, block: usize): void {
  transposeHalves(from, 16, block);
  for (let i = 0; i < rows; i++) {
    putWide(to, v128.load(block + (i << 4)), half);
    to += stride;
  }
}

/** Sets c to a·wᵀ, or adds it. */
export function multiplyNarrow(
  a: usize, aRow: i32, aColumn: i32, w: usize, half: i32, c: usize, cRow: i32,
  rows: i32, outputs: i32, width: i32, add: i32, scratch: usize,
): void {
  const step = rows <= fewRows ? 8 : group;
  for (let j = 0; j < outputs; j += step) {
    const count = min(step, outputs - j);
    for (let k = 0; k < width; k += innerBlock) {
      const depth = min(innerBlock, width - k);
      let panel = w + (((j >> 3) * width + k) << 4);
      let to = scratch;
      for (let i = 0; i < count; i += 8) {
        widenRun(panel, to, depth, half);
        panel += width << 4;
        to += depth << 5;
      }
      const from = a + ((aColumn * k) << 2);
      multiplyPart(from, aRow, aColumn, scratch, depth, c + (j << 2), cRow, rows, count, depth, 1, i32(add || k > 0));
    }
  }
}

/** Sets c to scale·a·w. The temporary memory has room for 256 × 256 floats and 128 bytes. */
export function multiplyNarrowRows(
  a: usize, aRow: i32, aColumn: i32, w: usize, half: i32, c: usize, cRow: i32,
  rows: i32, outputs: i32, width: i32, scale: f32, scratch: usize,
): void {
  for (let j = 0; j < outputs; j += innerBlock) {
    const depth = min(innerBlock, outputs - j);
    for (let k = 0; k < width; k += group) {
      const count = min(group, width - k);
      widenColumns(w + (((j >> 3) * width + k) << 4), width, depth, count, half, scratch);
      const from = a + ((aColumn * j) << 2);
      multiplyPart(from, aRow, aColumn, scratch, depth, c + (k << 2), cRow, rows, count, depth, scale, i32(j > 0));
    }
  }
}

/** `count` columns of `depth` rows, in the panels of eight columns that `multiplyPart` reads. */
function widenColumns(from: usize, width: i32, depth: i32, count: i32, half: i32, to: usize): void {
  const block = to + ((innerBlock * group) << 2);
  for (let k = 0; k < count; k += 8) {
    let panel = from + (k << 4);
    for (let j = 0; j < depth; j += 8) {
      const rows = min(8, depth - j);
      if (count - k >= 8) widenBlock(panel, to + (j << 5), 32, rows, half, block);
      else {
        for (let i = 0; i < rows; i++) {
          for (let e = 0; e < 8; e++) {
            const value = e < count - k ? wide(load<u16>(panel + (e << 4) + (i << 1)), half) : 0;
            store<f32>(to + ((j + i) << 5) + (e << 2), value);
          }
        }
      }
      panel += width << 4;
    }
    to += depth << 5;
  }
}

/** The whole weight as rows of floats. `block` is temporary memory of 128 bytes. */
export function widenNarrow(from: usize, to: usize, rows: i32, width: i32, half: i32, block: usize): void {
  const stride: usize = width << 2;
  for (let j = 0; j < rows; j += 8) {
    const count = min(8, rows - j);
    let k = 0;
    for (; k + 8 <= width; k += 8) widenBlock(from + (k << 4), to + (k << 2), stride, count, half, block);
    for (; k < width; k++) {
      for (let i = 0; i < count; i++) {
        store<f32>(to + i * stride + (k << 2), wide(load<u16>(from + (k << 4) + (i << 1)), half));
      }
    }
    from += width << 4;
    to += stride << 3;
  }
}

/** Returns the place of the first id that is out of range, or −1. */
export function gatherNarrow(
  table: usize, ids: usize, to: usize, count: i32, width: i32, vocab: i32, half: i32,
): i32 {
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (i << 2));
    if (u32(id) >= u32(vocab)) return i;
    let from = table + (((id >> 3) * width) << 4) + ((id & 7) << 1);
    for (let k = 0; k < width; k++) {
      store<f32>(to, wide(load<u16>(from), half));
      from += 16;
      to += 4;
    }
  }
  return -1;
}
