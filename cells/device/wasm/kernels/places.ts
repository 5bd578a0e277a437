/** Single floats at ascending places, for dropout: few are touched, so each costs more and all together less than a pass over a mask. */

/** Copies x with 0 at the places. */
export function copyWithout(x: usize, places: usize, to: usize, size: i32, count: i32): void {
  memory.copy(to, x, size << 2);
  for (let i = 0; i < count; i++) store<f32>(to + (load<u32>(places + (i << 2)) << 2), 0);
}

export function takeAt(x: usize, places: usize, to: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count); i++) {
    store<f32>(to + (i << 2), load<f32>(x + (load<u32>(places + (i << 2)) << 2)));
  }
}

export function putAt(from: usize, places: usize, x: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count); i++) {
    store<f32>(x + (load<u32>(places + (i << 2)) << 2), load<f32>(from + (i << 2)));
  }
}
