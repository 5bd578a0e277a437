/**
 * exp, log, sine and cosine. AssemblyScript's versions need tables in a data segment, which would overwrite the imported memory. exp is
 * Cephes' expf (relative error about 1e-7), four values at a time.
 */

/** e^x; exactly 0 below −87.3, about e^88 above 88. NaN stays NaN. @ts-ignore: decorator */
@inline
export function exp4(x: v128): v128 {
  const low = f32x4.splat(-87.3);
  const inside = f32x4.min(f32x4.max(x, low), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(inside, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let y = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(y, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, low));
}

export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}

/** Natural logarithm of a positive normal number, to about 1e-13. */
export function ln(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = f64(i32(bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let series: f64 = 1.0 / 17;
  series = series * z + 1.0 / 15;
  series = series * z + 1.0 / 13;
  series = series * z + 1.0 / 11;
  series = series * z + 1.0 / 9;
  series = series * z + 1.0 / 7;
  series = series * z + 1.0 / 5;
  series = series * z + 1.0 / 3;
  series = series * z + 1;
  return exponent * 0.6931471805599453 + 2 * s * series;
}

/** Writes cos and sin of an angle, each multiplied by its factor. Taylor series in double precision, after reduction to ±π/4. */
export function turn(angle: f64, cosFactor: f64, sinFactor: f64, cosAt: usize, sinAt: usize): void {
  const quarter = nearest<f64>(angle * 0.6366197723675814);
  const r = angle - quarter * 1.5707963267341256 - quarter * 6.077100506506192e-11;
  const z = r * r;
  let s: f64 = 1.58969099521155e-10;
  s = s * z - 2.50507602534068634e-8;
  s = s * z + 2.7557313707070068e-6;
  s = s * z - 1.98412698298579493e-4;
  s = s * z + 8.33333333332248946e-3;
  s = s * z - 1.66666666666666324e-1;
  s = r + r * z * s;
  let c: f64 = -1.13596475577881948e-11;
  c = c * z + 2.08757232129817483e-9;
  c = c * z - 2.75573143513906633e-7;
  c = c * z + 2.48015872894767294e-5;
  c = c * z - 1.38888888888741096e-3;
  c = c * z + 4.16666666666666019e-2;
  c = 1 - 0.5 * z + z * z * c;
  const quadrant = i32(i64(quarter) & 3);
  let cos = c;
  let sin = s;
  if (quadrant & 1) {
    cos = s;
    sin = c;
  }
  if (quadrant == 1 || quadrant == 2) cos = -cos;
  if (quadrant & 2) sin = -sin;
  store<f32>(cosAt, f32(cos * cosFactor));
  store<f32>(sinAt, f32(sin * sinFactor));
}
