/** How long work on a device takes, from the first operation to the first number of its result. */
import * as tf from "@tensorflow/tfjs";

/**
 * The shortest of the runs within two tenths of a second: the engine compiles a hot kernel anew in the background, and what
 * counts is the speed after that. A run ends when an element of its result has been read.
 */
export async function secondsOf(work: () => tf.Tensor): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  const begin = performance.now();
  do {
    const start = performance.now();
    const element = tf.tidy(() => tf.slice(tf.reshape(work(), [-1]), [0], [1]));
    await element.data();
    shortest = Math.min(shortest, performance.now() - start);
    element.dispose();
  } while (performance.now() - begin < 200);
  return shortest / 1000;
}
