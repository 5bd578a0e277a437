/**
 * Weights in 16 bits: two elements to a word, in the order of the tensor, as a bfloat16 or float16 checkpoint has them.
 * Widening is exact, so a packed weight gives what the same weight in float32 would. To tfjs such a tensor is float32;
 * only the backend and the programs that read it know.
 */
import { type Element, program } from "./program.ts";

/** As safetensors call them. */
export type Format = "F32" | PackedFormat;
export type PackedFormat = "BF16" | "F16";

/** The element type of a buffer in which elements are read one by one. */
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
 * `widened_<format>(half)`. Float16 is put together from its bits, since the built-in may take its smallest numbers for zero; bfloat16 is
 * the upper half of a float32.
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

/** A packed tensor as float32, for operations that know nothing of packing. */
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
