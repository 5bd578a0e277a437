/** Which weights lie packed at the moment. See `pack-weights.ts`; apart from it because products ask, and packing needs products. */
import type * as tf from "@tensorflow/tfjs";

type Entry = { readonly packed: tf.Tensor; users: number };

const entries = new WeakMap<object, Entry>();

/** The packed form of a weight, where there is one now. */
export function packedOf({ dataId }: tf.TensorInfo): tf.TensorInfo | undefined {
  const packed = entries.get(dataId)?.packed;
  return packed?.isDisposed ? undefined : packed;
}

/** One user more of a weight's packed form, which the first one makes. */
export function holdPacked({ dataId }: tf.TensorInfo, make: () => tf.Tensor): void {
  const known = entries.get(dataId);
  if (known && !known.packed.isDisposed) known.users += 1;
  else entries.set(dataId, { packed: make(), users: 1 });
}

/** One user less; the last one's leaving frees it. */
export function releasePacked(dataId: object): void {
  const entry = entries.get(dataId);
  if (!entry || --entry.users > 0) return;
  entry.packed.dispose();
  entries.delete(dataId);
}
