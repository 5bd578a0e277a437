/**
 * Rotary embedding in WGSL. WGSL's sine and cosine may have errors of 2⁻¹¹ and, for large angles, more, so they are computed here. The
 * angle is reduced to a quarter turn with π/2 in five parts, whose products with up to 2¹⁷ turns are exact (positions up to 130,000). A
 * Taylor polynomial then gives the result, accurate to the last bit or two of float32.
 */
import type * as tf from "@tensorflow/tfjs";
import { log2, pow } from "../../portable-math.ts";
import { type Gpu, sizeOf } from "./gpu.ts";
import { program } from "./program.ts";

/** π/2 as a sum of four numbers with seven bits each, and the remainder. */
const parts = ((): number[] => {
  const found: number[] = [];
  let rest = Math.PI / 2;
  for (let i = 0; i < 4; i += 1) {
    const unit = pow(2, Math.floor(log2(rest)) - 6);
    found.push(Math.floor(rest / unit) * unit);
    rest -= found.at(-1)!;
  }
  return [...found, rest];
})();

const turn = program({
  name: "RoPE",
  reads: { x: "f32", positions: "i32", frequencies: "f32" },
  writes: { y: "f32" },
  parameters: { size: "u32", heads: "u32", half_width: "u32", factor: "f32", direction: "f32" },
  lanes: 64,
  functions: `
fn turned(angle: f32) -> vec2f {
  let quarters = round(angle * ${2 / Math.PI});
  var r = angle;
  ${parts.map((part) => `r -= quarters * ${part};`).join("\n  ")}
  let s = r * r;
  let sine = r * (1.0 + s * (${-1 / 6} + s * (${1 / 120} + s * (${-1 / 5040} + s * ${1 / 362880}))));
  let cosine = 1.0 + s * (-0.5 + s * (${1 / 24} + s * (${-1 / 720} + s * ${1 / 40320})));
  switch (u32(quarters) % 4u) {
    case 0u: { return vec2f(cosine, sine); }
    case 1u: { return vec2f(-sine, cosine); }
    case 2u: { return vec2f(-cosine, -sine); }
    default: { return vec2f(sine, -cosine); }
  }
}`,
  body: `
  let i = at * 64u + lane;
  if (i >= p.size) { return; }
  let dimension = i % p.half_width;
  let row = i / p.half_width;
  let place = row / p.heads;
  let about = turned(f32(positions[place]) * frequencies[dimension]) * p.factor;
  let sine = about.y * p.direction;
  let start = row * 2u * p.half_width + dimension;
  let first = x[start];
  let second = x[start + p.half_width];
  y[start] = first * about.x - second * sine;
  y[start + p.half_width] = second * about.x + first * sine;`,
});

type Rotation = { x: tf.TensorInfo; positions: tf.TensorInfo; inverseFrequencies: tf.TensorInfo };

export function rope(
  { x, positions, inverseFrequencies }: Rotation,
  { factor, direction }: { factor: number; direction: number },
  gpu: Gpu,
): tf.TensorInfo {
  const [, , heads, width] = x.shape as [number, number, number, number];
  const y = gpu.make(x.shape);
  const size = sizeOf(x) / 2;
  const tensors = { x, positions, frequencies: inverseFrequencies, y };
  gpu.run(turn, tensors, { size, heads, half_width: width / 2, factor, direction }, Math.ceil(size / 64));
  return y;
}
