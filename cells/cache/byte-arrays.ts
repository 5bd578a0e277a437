/** Typed arrays and array buffers, as tensors of one dimension. */
import type { Codec } from "./codec.ts";

const types = {
  Float32Array: [Float32Array, "F32"],
  Float64Array: [Float64Array, "F64"],
  Int32Array: [Int32Array, "I32"],
  Uint32Array: [Uint32Array, "U32"],
  Int16Array: [Int16Array, "I16"],
  Uint16Array: [Uint16Array, "U16"],
  Int8Array: [Int8Array, "I8"],
  Uint8Array: [Uint8Array, "U8"],
  Uint8ClampedArray: [Uint8ClampedArray, "U8"],
  BigInt64Array: [BigInt64Array, "I64"],
  BigUint64Array: [BigUint64Array, "U64"],
  ArrayBuffer: [ArrayBuffer, "U8"],
} as const;
type TypeName = keyof typeof types;

/** `at` is the name of the tensor that holds the bytes. */
type BytesNode = { readonly kind: "bytes"; readonly type: TypeName; readonly at: string };

export const byteArrays: Codec<BytesNode> = {
  kind: "bytes",
  encode(value, _path, { addTensor }) {
    const type = value.constructor?.name as TypeName;
    if (!Object.hasOwn(types, type) || !(value instanceof types[type][0])) return undefined;
    const view = value instanceof ArrayBuffer ? new Uint8Array(value) : (value as Uint8Array);
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    return { kind: "bytes", type, at: addTensor({ dtype: types[type][1], shape: [view.length], bytes }) };
  },
  decode({ type, at }, { tensor }) {
    const { buffer } = tensor(at).bytes;
    return type === "ArrayBuffer" ? buffer : new types[type][0](buffer as ArrayBuffer);
  },
};
