/** 16-bit floats as float32, which is exact. For backends that cannot do it on the device (see `upload.ts`). */
import type { StoredMatrix } from "../device/matrix.ts";
import { pow } from "../portable-math.ts";

/** The values as float32. Those of a float32 matrix share its bytes. */
export function widen({ dtype, bytes }: StoredMatrix): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, byteOffset, length / 4);
    case "BF16": {
      // Plain loops: `from` of an iterable would first make a list of boxed numbers.
      const wide = new Uint32Array(length / 2);
      const narrow = new Uint16Array(buffer, byteOffset, length / 2);
      for (let i = 0; i < wide.length; i += 1) wide[i] = narrow[i]! << 16;
      return new Float32Array(wide.buffer);
    }
    case "F16": {
      const wide = new Float32Array(length / 2);
      const narrow = new Uint16Array(buffer, byteOffset, length / 2);
      for (let i = 0; i < wide.length; i += 1) wide[i] = fromHalf(narrow[i]!);
      return wide;
    }
  }
}

/** IEEE 754 binary16: one sign bit, five bits of exponent (bias 15), ten of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * pow(2, exponent - 25);
}
