/**
 * Weights packed in 16 bits: two elements per 32-bit word, in the order of the tensor, as in a bfloat16 or float16 checkpoint. Widening
 * is exact, so results are the same as with float32 weights. For tfjs the tensor is float32; only the backend and the programs that read
 * it know that it is packed.
 */
import { type Element, program } from "./program.ts";

/** The names of safetensors. */
export type Format = "F32" | PackedFormat;
export type PackedFormat = "BF16" | "F16";

/** The WGSL element type of a buffer whose elements are read one by one. */
export function elementOf(format: Format): Element {
  return format === "F32" ? "f32" : "u32";
}

/** `read_<buffer>(i)`: element i of a buffer declared with `elementOf(format)`. */
export function reader(buffer: string, format: Format): string {
  if (format === "F32") return `fn read_${buffer}(i: u32) -> f32 { return ${buffer}[i]; }`;
  return `${widening(format)}
fn read_${buffer}(i: u32) -> f32 { return widened_${format}((${buffer}[i / 2u] >> (16u * (i % 2u))) & 0xffffu); }`;
}

/**
 * `widened_<format>(half)`. A float16 is converted bit by bit, because the built-in function may turn subnormal numbers into zero. A
 * bfloat16 is the upper half of a float32.
 */
export function widening(format: PackedFormat): string {
  if (format === "BF16") return "fn widened_BF16(half: u32) -> f32 { return bitcast<f32>(half << 16u); }";
  return `
fn widened_F16(half: u32) -> f32 {
  let sign = (half & 0x8000u) << 16u;
  let magnitude = half & 0x7fffu;
  let tiny = bitcast<f32>(bitcast<u32>(f32(magnitude) * ${2 ** -24}) | sign);
  return select(bitcast<f32>(sign | ((magnitude << 13u) + 0x38000000u)), tiny, magnitude < 0x400u);
}`;
}

/** Programs that widen a packed tensor to float32, for operations that cannot read packed tensors. */
export const unpack = {
  BF16: unpackProgram("BF16"),
  F16: unpackProgram("F16"),
} as const;

function unpackProgram(format: PackedFormat) {
  return program({
    name: `unpack ${format}`,
    reads: { x: "u32" },
    writes: { y: "f32" },
    parameters: { size: "u32" },
    lanes: 64,
    functions: reader("x", format),
    body: `
  let i = at * 64u + lane;
  if (i < p.size) { y[i] = read_x(i); }`,
  });
}
