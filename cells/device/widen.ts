/** 16-bit floats as float32, which is exact. For backends that cannot do it on the device. */
import { pow } from "../portable-math.ts";
import type { StoredMatrix } from "./matrix.ts";

/** The values as float32. Those of a float32 matrix share its bytes. */
export function widen({ dtype, bytes }: StoredMatrix): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return dtype === "F32"
    ? new Float32Array(buffer, byteOffset, length / 4)
    : widenBits(dtype, new Uint16Array(buffer, byteOffset, length / 2));
}

export function widenBits(dtype: "F16" | "BF16", narrow: Uint16Array): Float32Array<ArrayBuffer> {
  const wide = new Uint32Array(narrow.length);
  // Plain loops: `from` of an iterable would first make a list of boxed numbers.
  if (dtype === "BF16") for (let i = 0; i < wide.length; i += 1) wide[i] = narrow[i]! << 16;
  else {
    halves ??= new Uint32Array(Float32Array.from({ length: 65_536 }, (_, bits) => fromHalf(bits)).buffer);
    for (let i = 0; i < wide.length; i += 1) wide[i] = halves[narrow[i]!]!;
  }
  return new Float32Array(wide.buffer);
}

/** The float32 bits of every float16. */
let halves: Uint32Array | undefined;

/** IEEE 754 binary16: one sign bit, five bits of exponent (bias 15), ten of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * pow(2, exponent - 25);
}
