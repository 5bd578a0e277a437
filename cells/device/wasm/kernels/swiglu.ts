/** silu(gate)·up and its gradients. The last one to three elements use the same vector code, one at a time. */
import { exp4 } from "./scalar";

/** @ts-ignore: decorator */
@inline
function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

export function swiglu(gate: usize, up: usize, y: usize, size: i32): void {
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const at: usize = i << 2;
    const g = v128.load(gate + at);
    v128.store(y + at, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load(up + at)));
  }
  for (; i < size; i++) {
    const at: usize = i << 2;
    const g = v128.load_splat<f32>(gate + at);
    const value = f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load_splat<f32>(up + at));
    store<f32>(y + at, f32x4.extract_lane(value, 0));
  }
}

export function swigluGradient(dy: usize, gate: usize, up: usize, dGate: usize, dUp: usize, size: i32): void {
  const one = f32x4.splat(1);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    const at: usize = i << 2;
    const d = v128.load(dy + at);
    const g = v128.load(gate + at);
    const s = sigmoid(g);
    const silu = f32x4.mul(g, s);
    const slope = f32x4.add(s, f32x4.mul(silu, f32x4.sub(one, s)));
    v128.store(dGate + at, f32x4.mul(f32x4.mul(d, v128.load(up + at)), slope));
    v128.store(dUp + at, f32x4.mul(d, silu));
  }
  for (; i < size; i++) {
    const at: usize = i << 2;
    const d = v128.load_splat<f32>(dy + at);
    const g = v128.load_splat<f32>(gate + at);
    const s = sigmoid(g);
    const silu = f32x4.mul(g, s);
    const slope = f32x4.add(s, f32x4.mul(silu, f32x4.sub(one, s)));
    const u = v128.load_splat<f32>(up + at);
    store<f32>(dGate + at, f32x4.extract_lane(f32x4.mul(f32x4.mul(d, u), slope), 0));
    store<f32>(dUp + at, f32x4.extract_lane(f32x4.mul(d, silu), 0));
  }
}
