/** Rows of floats: sums, copies, gathers and scatters. All sums have a fixed order. */

/** @ts-ignore: decorator */
@inline
export function across(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

export function dot(a: usize, b: usize, size: i32): f32 {
  let sum = f32x4.splat(0);
  let more = f32x4.splat(0);
  let i = 0;
  for (; i + 8 <= size; i += 8) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(b)));
    more = f32x4.add(more, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    a += 32;
    b += 32;
  }
  let total = across(f32x4.add(sum, more));
  for (; i < size; i++) {
    total += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return total;
}

/** to += factor·from. */
export function addScaled(from: usize, factor: f32, to: usize, size: i32): void {
  const f = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(f, v128.load(from))));
    from += 16;
    to += 16;
  }
  for (; i < size; i++) {
    store<f32>(to, load<f32>(to) + factor * load<f32>(from));
    from += 4;
    to += 4;
  }
}

export function scaleRow(at: usize, factor: f32, size: i32): void {
  const f = f32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    v128.store(at, f32x4.mul(f, v128.load(at)));
    at += 16;
  }
  for (; i < size; i++) {
    store<f32>(at, factor * load<f32>(at));
    at += 4;
  }
}

export function maxOf(at: usize, size: i32): f32 {
  let most = load<f32>(at);
  let i = 0;
  if (size >= 4) {
    let m = v128.load(at);
    for (i = 4; i + 4 <= size; i += 4) m = f32x4.max(m, v128.load(at + (i << 2)));
    most = max(
      max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
      max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
    );
  }
  for (; i < size; i++) most = max(most, load<f32>(at + (i << 2)));
  return most;
}

export function fillRows(row: usize, to: usize, rows: i32, width: i32): void {
  for (let i = 0; i < rows; i++) memory.copy(to + ((i * width) << 2), row, width << 2);
}

export function columnSum(from: usize, to: usize, rows: i32, width: i32): void {
  memory.fill(to, 0, width << 2);
  for (let i = 0; i < rows; i++) addScaled(from + ((i * width) << 2), 1, to, width);
}

export function gatherRows(table: usize, ids: usize, to: usize, count: i32, width: i32, vocab: i32): i32 {
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (i << 2));
    if (u32(id) >= u32(vocab)) return i;
    memory.copy(to + ((i * width) << 2), table + ((id * width) << 2), width << 2);
  }
  return -1;
}

export function scatterRows(from: usize, ids: usize, table: usize, count: i32, width: i32, vocab: i32): void {
  memory.fill(table, 0, (vocab * width) << 2);
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (i << 2));
    if (u32(id) < u32(vocab)) addScaled(from + ((i * width) << 2), 1, table + ((id * width) << 2), width);
  }
}

/** Copies `count` pieces of `size` floats, each into its own row of `stride` floats, at offset `at`. */
export function copyRows(from: usize, to: usize, count: i32, size: i32, stride: i32, at: i32): void {
  for (let i = 0; i < count; i++) {
    memory.copy(to + ((i * stride + at) << 2), from + ((i * size) << 2), size << 2);
  }
}

export function sumOfSquares(at: usize, size: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const v = v128.load(at);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    at += 16;
  }
  const sum = f64x2.add(low, high);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; i < size; i++) {
    const x = f64(load<f32>(at));
    total += x * x;
    at += 4;
  }
  return total;
}

export function put(at: usize, value: f64): void {
  store<f32>(at, f32(value));
}
