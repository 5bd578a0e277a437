/**
 * Faster versions of two of tfjs-node's kernels. The product of two matrices uses TensorFlow's MatMul; tfjs-node uses BatchMatMul, which
 * takes twice as long for LoRA's small matrices. A reshape uses a constant for its shape; tfjs-node makes a new tensor each time.
 */
import * as tf from "@tensorflow/tfjs";
import { operate } from "./operations.ts";

type Attribute = { readonly name: string; readonly type: number; readonly value: boolean | number };

/** The parts of tfjs-node's backend that are used here. */
type Backend = {
  readonly binding: { readonly TF_ATTR_BOOL: number; readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(operation: string, attributes: readonly Attribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
};

/** Call it after tfjs-node's kernels are registered. */
export function replaceKernels(): void {
  replaceProduct();
  replaceReshape();
}

/** A size of −1 is replaced by the actual size first, so that equal shapes use the same constant. */
function replaceReshape(): void {
  const kernelName = "Reshape";
  const original = tf.getKernel(kernelName, "tensorflow");
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel({
    ...original,
    kernelFunc(call) {
      const x = call.inputs.x!;
      if (x.dtype !== "float32" && x.dtype !== "int32") return original.kernelFunc(call);
      const { shape } = call.attrs as unknown as { readonly shape: number[] };
      const size = tf.util.sizeFromShape(x.shape);
      const full = tf.util.inferFromImplicitShape(shape, size);
      return operate(call.backend, (o) => [o.run("Reshape", [o.tensor(x), o.integers(full)], { Tshape: "int" })])[0]!;
    },
  });
}

/** Products with more dimensions still use tfjs-node's kernel. */
function replaceProduct(): void {
  const kernelName = "BatchMatMul";
  const original = tf.getKernel(kernelName, "tensorflow");
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel({
    ...original,
    kernelFunc(call) {
      const { a, b } = call.inputs as { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo };
      const flat = a.shape.length === 2 && b.shape.length === 2 && a.dtype === "float32" && b.dtype === "float32";
      if (!flat) return original.kernelFunc(call);
      const { transposeA, transposeB } = call.attrs as { readonly transposeA: boolean; readonly transposeB: boolean };
      const { binding, executeSingleOutput } = call.backend as unknown as Backend;
      const attributes = [
        { name: "transpose_a", type: binding.TF_ATTR_BOOL, value: transposeA },
        { name: "transpose_b", type: binding.TF_ATTR_BOOL, value: transposeB },
        { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      ];
      return executeSingleOutput.call(call.backend, "MatMul", attributes, [a, b]);
    },
  });
}
