/** Shapes for device functions, which treat a tensor as a matrix: all dimensions before the last are rows. */
import * as tf from "@tensorflow/tfjs";

type Shaped = { readonly shape: readonly number[] };

/** Size of the last dimension. */
export function widthOf({ shape }: Shaped): number {
  return shape[shape.length - 1] ?? 1;
}

/** All dimensions before the last. */
export function leading({ shape }: Shaped): number[] {
  return shape.slice(0, -1);
}

/** The number of rows of `[..., width]`. */
export function rowsOf(tensor: Shaped): number {
  return leading(tensor).reduce((product, size) => product * size, 1);
}

/** `[..., width]` as `[rows, width]`. A matrix is returned as it is, because on TensorFlow even that reshape is an operation. */
export function asRows(tensor: tf.Tensor): tf.Tensor2D {
  return tensor.rank === 2 ? (tensor as tf.Tensor2D) : tf.reshape(tensor, [rowsOf(tensor), widthOf(tensor)]);
}
