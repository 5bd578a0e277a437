/**
 * Rotary position embedding. The cosines and sines of a place are computed once for all heads, and used again for the next sequence
 * of the batch if it has the same position there, as is usual.
 */
import { turn } from "./scalar";

export function rope(
  x: usize, positions: usize, frequencies: usize, y: usize, tokens: i32, time: i32, heads: i32, width: i32,
  factor: f64, direction: f64, tables: usize,
): void {
  const half = width >> 1;
  const far: usize = half << 2;
  for (let t = 0; t < tokens; t++) {
    const table = tables + (((t % time) * width) << 2);
    const position = load<i32>(positions + (t << 2));
    if (t < time || position != load<i32>(positions + ((t - time) << 2))) {
      for (let i = 0; i < half; i++) {
        // The angle is rounded to single precision, as in the reference implementations of the models.
        const angle: f32 = f32(position) * load<f32>(frequencies + (i << 2));
        const at = table + (i << 2);
        turn(angle, factor, factor * direction, at, at + far);
      }
    }
    for (let h = 0; h < heads; h++) {
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const at: usize = i << 2;
        const c = v128.load(table + at);
        const s = v128.load(table + at + far);
        const a = v128.load(x + at);
        const b = v128.load(x + at + far);
        v128.store(y + at, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(y + at + far, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
      for (; i < half; i++) {
        const at: usize = i << 2;
        const c = load<f32>(table + at);
        const s = load<f32>(table + at + far);
        const a = load<f32>(x + at);
        const b = load<f32>(x + at + far);
        store<f32>(y + at, a * c - b * s);
        store<f32>(y + at + far, b * c + a * s);
      }
      x += width << 2;
      y += width << 2;
    }
  }
}
