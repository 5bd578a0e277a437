/**
 * Widens 16-bit floats to 32-bit floats in place: the 16-bit values are in the upper half of the memory of the result. Each step reads
 * before it writes, and does not write beyond what it has read.
 */

export function widenBrain(at: usize, size: i32): void {
  let from = at + (size << 1);
  let i = 0;
  for (; i + 8 <= size; i += 8) {
    const halves = v128.load(from);
    v128.store(at, i32x4.shl(i32x4.extend_low_i16x8_u(halves), 16));
    v128.store(at, i32x4.shl(i32x4.extend_high_i16x8_u(halves), 16), 16);
    from += 16;
    at += 32;
  }
  for (; i < size; i++) {
    store<u32>(at, u32(load<u16>(from)) << 16);
    from += 2;
    at += 4;
  }
}

/** A multiplication corrects the exponent and normalises subnormal numbers. Infinity and NaN get the largest exponent. */
export function widenHalf(at: usize, size: i32): void {
  let from = at + (size << 1);
  const lift = f32x4.splat(reinterpret<f32>(0x77800000));
  const largest = i32x4.splat(0x7f800000);
  for (let i = 0; i < size; i++) {
    const half = i32x4.splat(i32(load<u16>(from)));
    const rest = v128.and(half, i32x4.splat(0x7fff));
    const value = f32x4.mul(i32x4.shl(rest, 13), lift);
    const special = v128.and(i32x4.ge_s(rest, i32x4.splat(0x7c00)), largest);
    const sign = i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16);
    store<f32>(at, f32x4.extract_lane(v128.or(v128.or(value, special), sign), 0));
    from += 2;
    at += 4;
  }
}
