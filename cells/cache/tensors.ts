/** Tensors, bit for bit, and variables with their name. Restored tensors belong to the calling cell. */
import * as tf from "@tensorflow/tfjs";
import type { RawTensor } from "../model/safetensors.ts";
import { type Codec, notCacheable } from "./codec.ts";

const dtypes = { float32: "F32", int32: "I32", bool: "BOOL" } as const;

/** `at` is the name of the tensor in the safetensors file. */
type TensorNode = {
  readonly kind: "tensor";
  readonly dtype: keyof typeof dtypes;
  readonly shape: readonly number[];
  readonly at: string;
  readonly variable?: { readonly name: string; readonly trainable: boolean };
};

export const tensors: Codec<TensorNode> = {
  kind: "tensor",
  encode(value, path, { addTensor }) {
    if (!(value instanceof tf.Tensor)) return undefined;
    const { dtype, shape, isDisposed } = value;
    if (isDisposed) throw notCacheable(path, "a tensor that has been freed");
    if (!isStored(dtype)) throw notCacheable(path, `a tensor of ${dtype}`);
    const read = value.data().then(({ buffer, byteOffset, byteLength }): RawTensor => {
      return { dtype: dtypes[dtype], shape, bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() };
    });
    const variable = value instanceof tf.Variable && { name: value.name, trainable: value.trainable };
    return { kind: "tensor", dtype, shape, at: addTensor(read), ...(variable && { variable }) };
  },
  decode({ dtype, shape, at, variable }, { tensor: read }) {
    const tensor = tf.tensor(typedArray(dtype, read(at).bytes.buffer as ArrayBuffer), [...shape], dtype);
    if (!variable) return tensor;
    const { name, trainable } = variable;
    const nameIsTaken = Object.hasOwn(tf.engine().registeredVariables, name);
    const restored = tf.variable(tensor, trainable, nameIsTaken ? undefined : name);
    tensor.dispose();
    return restored;
  },
};

function isStored(dtype: tf.DataType): dtype is keyof typeof dtypes {
  return Object.hasOwn(dtypes, dtype);
}

function typedArray(dtype: keyof typeof dtypes, buffer: ArrayBuffer): Float32Array | Int32Array | Uint8Array {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "bool":
      return new Uint8Array(buffer);
  }
}
