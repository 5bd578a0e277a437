/**
 * The product c = scale·a·b (or c += scale·a·b), with b packed into contiguous panels of `inner` × 8. The innermost loop keeps four
 * rows × eight columns of c in eight vector registers. The outer loop goes over columns, so that a panel stays in the first-level
 * cache. Each element of c is summed in the same order for any number of rows, so a row's result does not depend on its batch.
 */

/** Block sizes of the inner dimension and of the rows; together with a panel they fit into the first-level cache. */
const innerBlock: i32 = 256;
const rowBlock: i32 = 16;

export function pack(b: usize, row: i32, column: i32, inner: i32, columns: i32, packed: usize): void {
  for (let j = 0; j < columns; j += 8) {
    const from = b + ((j * column) << 2);
    const count = min(8, columns - j);
    if (count < 8) packEdge(from, row, column, inner, count, packed);
    else if (column == 1) packRows(from, row << 2, inner, packed);
    else packColumns(from, column << 2, inner, packed);
    packed += inner << 5;
  }
}

function packEdge(from: usize, row: i32, column: i32, inner: i32, count: i32, to: usize): void {
  for (let k = 0; k < inner; k++) {
    for (let j = 0; j < count; j++) store<f32>(to + (j << 2), load<f32>(from + ((k * row + j * column) << 2)));
    for (let j = count; j < 8; j++) store<f32>(to + (j << 2), 0);
    to += 32;
  }
}

function packRows(from: usize, stride: usize, inner: i32, to: usize): void {
  for (let k = 0; k < inner; k++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += stride;
    to += 32;
  }
}

/** Packs eight columns that are contiguous along inner, by two 4 × 4 transposes at a time. */
function packColumns(from: usize, stride: usize, inner: i32, to: usize): void {
  let k = 0;
  for (; k + 4 <= inner; k += 4) {
    transpose(from, stride, to);
    transpose(from + (stride << 2), stride, to + 16);
    from += 16;
    to += 128;
  }
  for (; k < inner; k++) {
    for (let j = 0; j < 8; j++) store<f32>(to + (j << 2), load<f32>(from + j * stride));
    from += 4;
    to += 32;
  }
}

/** @ts-ignore: decorator */
@inline
function transpose(from: usize, stride: usize, to: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  const r2 = v128.load(from + (stride << 1));
  const r3 = v128.load(from + stride * 3);
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(a, c, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(a, c, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(b, d, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(b, d, 2, 3, 6, 7), 96);
}

export function multiply(
  a: usize, aRow: i32, aColumn: i32, packed: usize, c: usize, cRow: i32,
  rows: i32, columns: i32, inner: i32, scale: f32, add: i32,
): void {
  multiplyPart(a, aRow, aColumn, packed, inner, c, cRow, rows, columns, inner, scale, add);
}

/** As `multiply`, but over only `inner` of the `panel` rows of each packed panel. */
export function multiplyPart(
  a: usize, aRow: i32, aColumn: i32, packed: usize, panel: i32, c: usize, cRow: i32,
  rows: i32, columns: i32, inner: i32, scale: f32, add: i32,
): void {
  if (inner == 0 && !add) {
    for (let i = 0; i < rows; i++) memory.fill(c + ((i * cRow) << 2), 0, columns << 2);
    return;
  }
  const aRowBytes: usize = aRow << 2;
  const aColumnBytes: usize = aColumn << 2;
  const cRowBytes: usize = cRow << 2;
  const factor = f32x4.splat(scale);
  for (let k = 0; k < inner; k += innerBlock) {
    const depth = min(innerBlock, inner - k);
    const more = i32(add || k > 0);
    for (let i0 = 0; i0 < rows; i0 += rowBlock) {
      const end = min(rows, i0 + rowBlock);
      for (let j = 0; j < columns; j += 8) {
        const b = packed + ((j * panel + (k << 3)) << 2);
        const count = min(8, columns - j);
        let from = a + aRowBytes * i0 + aColumnBytes * k;
        let to = c + cRowBytes * i0 + (j << 2);
        let i = i0;
        for (; i + 4 <= end; i += 4) {
          tileOfFour(from, aRowBytes, aColumnBytes, b, depth, to, cRowBytes, count, factor, more);
          from += aRowBytes << 2;
          to += cRowBytes << 2;
        }
        for (; i < end; i++) {
          tileOfOne(from, aColumnBytes, b, depth, to, count, factor, more);
          from += aRowBytes;
          to += cRowBytes;
        }
      }
    }
  }
}

/** @ts-ignore: decorator */
@inline
function put(c: usize, low: v128, high: v128, count: i32, factor: v128, more: i32): void {
  low = f32x4.mul(low, factor);
  high = f32x4.mul(high, factor);
  if (count == 8) {
    if (more) {
      low = f32x4.add(v128.load(c), low);
      high = f32x4.add(v128.load(c, 16), high);
    }
    v128.store(c, low);
    v128.store(c, high, 16);
  } else putEdge(c, low, high, count, more);
}

function putEdge(c: usize, low: v128, high: v128, count: i32, more: i32): void {
  for (let j = 0; j < count; j++) {
    const value = f32x4.extract_lane(low, 0);
    store<f32>(c, more ? load<f32>(c) + value : value);
    low = v128.shuffle<f32>(low, high, 1, 2, 3, 4);
    high = v128.shuffle<f32>(high, high, 1, 2, 3, 0);
    c += 4;
  }
}

/**
 * Four rows. Not unrolled along inner: the compiler would run out of registers, which costs a quarter of the speed. One pointer goes
 * through the rows, for both layouts of a.
 */
function tileOfFour(
  a: usize, aRow: usize, aColumn: usize, b: usize, depth: i32, c: usize, cRow: usize, count: i32, factor: v128, more: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = b + (depth << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let at = a;
    let s = v128.load_splat<f32>(at);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    at += aRow;
    s = v128.load_splat<f32>(at);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    at += aRow;
    s = v128.load_splat<f32>(at);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    at += aRow;
    s = v128.load_splat<f32>(at);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    a += aColumn;
    b += 32;
  }
  put(c, c00, c01, count, factor, more);
  put(c + cRow, c10, c11, count, factor, more);
  put(c + (cRow << 1), c20, c21, count, factor, more);
  put(c + cRow * 3, c30, c31, count, factor, more);
}

function tileOfOne(a: usize, stride: usize, b: usize, depth: i32, c: usize, count: i32, factor: v128, more: i32): void {
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  const end = b + (depth << 5);
  while (b < end) {
    const s = v128.load_splat<f32>(a);
    low = f32x4.add(low, f32x4.mul(s, v128.load(b)));
    high = f32x4.add(high, f32x4.mul(s, v128.load(b, 16)));
    a += stride;
    b += 32;
  }
  put(c, low, high, count, factor, more);
}
