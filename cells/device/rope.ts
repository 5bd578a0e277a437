/**
 * Rotary position embedding (Su et al. 2021) in Hugging Face's layout: dimension i of the first half is rotated with dimension i of the
 * second. A rotation is orthogonal, so the gradient is the same kernel in the opposite direction.
 */
import * as tf from "@tensorflow/tfjs";
import { defineKernel } from "./kernel.ts";
import { rope as onTensorflow } from "./tensorflow/forms.ts";
import { rope as onWebgpu } from "./webgpu/rope.ts";

type Rotation = { x: tf.Tensor; positions: tf.Tensor; inverseFrequencies: tf.Tensor };

const rotate = defineKernel<Rotation, { factor: number; direction: number }>({
  name: "RoPE",
  integers: ["positions"],
  reference({ x, positions, inverseFrequencies }, { factor, direction }) {
    const [batch, time] = positions.shape as [number, number];
    const half = inverseFrequencies.size;
    const places = tf.reshape(tf.cast(positions, "float32"), [batch, time, 1, 1]);
    const angles = tf.mul(places, tf.reshape(inverseFrequencies, [1, 1, 1, half]));
    const cos = tf.mul(tf.cos(angles), factor);
    const sin = tf.mul(tf.sin(angles), factor * direction);
    const [first, second] = tf.split(x, 2, 3) as [tf.Tensor, tf.Tensor];
    return tf.concat(
      [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))],
      3,
    );
  },
  tensorflow: onTensorflow,
  webgpu: onWebgpu,
  fused({ x, positions, inverseFrequencies }, { factor, direction }, memory) {
    const [batch, time, heads, width] = x.shape as [number, number, number, number];
    const y = memory.make(x.shape);
    memory.scratch(time * width, (tables) => {
      const [places, frequencies] = [memory.at(positions), memory.at(inverseFrequencies)];
      const [from, to] = [memory.at(x), memory.at(y)];
      memory.kernels.rope(from, places, frequencies, to, batch * time, time, heads, width, factor, direction, tables);
    });
    return y;
  },
  gradient: {
    savedInputs: ["positions", "inverseFrequencies"],
    of: ([dy], [positions, inverseFrequencies], { factor, direction }) => ({
      x: (): tf.Tensor =>
        rotate(
          { x: dy!, positions: positions!, inverseFrequencies: inverseFrequencies! },
          { factor, direction: -direction },
        )[0]!,
    }),
  },
});

/**
 * x `[batch, time, heads, width]`, positions int32 `[batch, time]`, inverseFrequencies `[width / 2]` in radians per
 * position → x's shape. cos and sin are multiplied by `factor` (the attention factor of models with extended contexts).
 */
export function rope(x: tf.Tensor, positions: tf.Tensor, inverseFrequencies: tf.Tensor, factor = 1): tf.Tensor {
  const [batch, time, , width] = x.shape;
  if (
    x.rank !== 4 ||
    positions.shape[0] !== batch ||
    positions.shape[1] !== time ||
    width !== 2 * inverseFrequencies.size
  ) {
    throw new Error(
      `rope: x [${x.shape}], positions [${positions.shape}] and inverseFrequencies [${inverseFrequencies.shape}] do not fit; ` +
        "the shapes must be [batch, time, heads, width], [batch, time] and [width / 2].",
    );
  }
  return rotate({ x, positions, inverseFrequencies }, { factor, direction: 1 })[0]!;
}
