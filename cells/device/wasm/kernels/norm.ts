/** RMSNorm over rows, and its gradients. */
import { dot } from "./rows";

/** @ts-ignore: decorator */
@inline
function inverseScale(x: usize, width: i32, eps: f32): f32 {
  return f32(1) / sqrt<f32>(dot(x, x, width) / f32(width) + eps);
}

export function rmsNorm(x: usize, weight: usize, y: usize, rows: i32, width: i32, eps: f32): void {
  for (let i = 0; i < rows; i++) {
    const scale = inverseScale(x, width, eps);
    const s = f32x4.splat(scale);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = j << 2;
      v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(x + at), s), v128.load(weight + at)));
    }
    for (; j < width; j++) store<f32>(y + (j << 2), load<f32>(x + (j << 2)) * scale * load<f32>(weight + (j << 2)));
    x += width << 2;
    y += width << 2;
  }
}

/** dx = s·(g − x·s²·mean(g·x)), where g = dy·weight and s is the row's 1 ÷ √(mean(x²) + eps). */
export function rmsNormInput(
  dy: usize, x: usize, weight: usize, dx: usize, rows: i32, width: i32, eps: f32,
): void {
  for (let i = 0; i < rows; i++) {
    const s = inverseScale(x, width, eps);
    let j = 0;
    let sum = f32x4.splat(0);
    for (; j + 4 <= width; j += 4) {
      const at = j << 2;
      const g = f32x4.mul(v128.load(dy + at), v128.load(weight + at));
      v128.store(dx + at, g);
      sum = f32x4.add(sum, f32x4.mul(g, v128.load(x + at)));
    }
    let along =
      f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
    for (; j < width; j++) {
      const g = load<f32>(dy + (j << 2)) * load<f32>(weight + (j << 2));
      store<f32>(dx + (j << 2), g);
      along += g * load<f32>(x + (j << 2));
    }
    const back = -s * s * s * along / f32(width);
    const scale4 = f32x4.splat(s);
    const back4 = f32x4.splat(back);
    j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = j << 2;
      v128.store(
        dx + at,
        f32x4.add(f32x4.mul(v128.load(dx + at), scale4), f32x4.mul(v128.load(x + at), back4)),
      );
    }
    for (; j < width; j++) {
      const at = j << 2;
      store<f32>(dx + at, load<f32>(dx + at) * s + load<f32>(x + at) * back);
    }
    dy += width << 2;
    x += width << 2;
    dx += width << 2;
  }
}

export function rmsNormWeight(dy: usize, x: usize, dw: usize, rows: i32, width: i32, eps: f32): void {
  memory.fill(dw, 0, width << 2);
  for (let i = 0; i < rows; i++) {
    const scale = inverseScale(x, width, eps);
    const s = f32x4.splat(scale);
    let j = 0;
    for (; j + 4 <= width; j += 4) {
      const at = j << 2;
      const step = f32x4.mul(f32x4.mul(v128.load(dy + at), v128.load(x + at)), s);
      v128.store(dw + at, f32x4.add(v128.load(dw + at), step));
    }
    for (; j < width; j++) {
      const at = j << 2;
      store<f32>(dw + at, load<f32>(dw + at) + load<f32>(dy + at) * load<f32>(x + at) * scale);
    }
    dy += width << 2;
    x += width << 2;
  }
}
