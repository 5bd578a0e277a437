/** AdamW in one pass over a parameter, its gradient and its two moments. */

export function adamw(
  param: usize, grad: usize, m: usize, v: usize, param2: usize, m2: usize, v2: usize, size: i32,
  rate: f32, keep: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, correction: f32, eps: f32, gradScale: f32,
): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const at: usize = i << 2;
    const g = f32x4.mul(v128.load(grad + at), f32x4.splat(gradScale));
    const first = f32x4.add(
      f32x4.mul(v128.load(m + at), f32x4.splat(beta1)),
      f32x4.mul(g, f32x4.splat(rest1)),
    );
    const second = f32x4.add(
      f32x4.mul(v128.load(v + at), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)),
    );
    const spread = f32x4.add(f32x4.div(f32x4.sqrt(second), f32x4.splat(correction)), f32x4.splat(eps));
    const step = f32x4.mul(f32x4.splat(rate), f32x4.div(first, spread));
    v128.store(param2 + at, f32x4.sub(f32x4.mul(v128.load(param + at), f32x4.splat(keep)), step));
    v128.store(m2 + at, first);
    v128.store(v2 + at, second);
  }
  for (; i < size; i++) {
    const at: usize = i << 2;
    const g = load<f32>(grad + at) * gradScale;
    const first = load<f32>(m + at) * beta1 + g * rest1;
    const second = load<f32>(v + at) * beta2 + g * g * rest2;
    const spread = sqrt<f32>(second) / correction + eps;
    store<f32>(param2 + at, load<f32>(param + at) * keep - rate * (first / spread));
    store<f32>(m2 + at, first);
    store<f32>(v2 + at, second);
  }
}
