/** Where the time of a round goes. */
import * as tf from "@tensorflow/tfjs";

const LINES = 12;

/** Prints the tfjs kernels that take most of the time. A kernel that calls others includes their time, so shares can add up to more than 100 %. */
export async function printProfile(round: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const { kernels } = await tf.profile(async () => {
    await round();
    return tf.scalar(0);
  });
  const total = performance.now() - start;
  const byName = new Map<string, { calls: number; ms: number }>();
  for (const { name, kernelTimeMs } of kernels) {
    const { calls, ms } = byName.get(name) ?? { calls: 0, ms: 0 };
    byName.set(name, { calls: calls + 1, ms: ms + Number(kernelTimeMs) });
  }
  console.log(`one round took ${total.toFixed(0)} ms; the kernels with the largest share of it:`);
  for (const [name, { calls, ms }] of [...byName].sort(([, a], [, b]) => b.ms - a.ms).slice(0, LINES)) {
    console.log(`${((100 * ms) / total).toFixed(1).padStart(6)} % ${ms.toFixed(1).padStart(9)} ms ${calls} × ${name}`);
  }
}
