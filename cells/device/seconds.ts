/** Measures how long work on a device takes, from the first operation until a number of its result can be read. */
import * as tf from "@tensorflow/tfjs";

/**
 * The shortest of all runs within 0.2 seconds. The JavaScript engine optimises hot code in the background; the speed after that
 * counts. A run ends when an element of its result has been read.
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
