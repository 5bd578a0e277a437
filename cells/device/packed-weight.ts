/** The weights that have a packed copy now. Separate from `pack-weights.ts`, because products look here and packing uses products. */
import type * as tf from "@tensorflow/tfjs";

type Entry = { readonly packed: tf.Tensor; users: number };

const entries = new WeakMap<object, Entry>();

/** The packed copy of a weight, if there is one. */
export function packedOf({ dataId }: tf.TensorInfo): tf.TensorInfo | undefined {
  const packed = entries.get(dataId)?.packed;
  return packed?.isDisposed ? undefined : packed;
}

/** Adds a user of a weight's packed copy. The first user makes it. */
export function holdPacked({ dataId }: tf.TensorInfo, make: () => tf.Tensor): void {
  const known = entries.get(dataId);
  if (known && !known.packed.isDisposed) known.users += 1;
  else entries.set(dataId, { packed: make(), users: 1 });
}

/** Removes a user. The copy is freed with the last one. */
export function releasePacked(dataId: object): void {
  const entry = entries.get(dataId);
  if (!entry || --entry.users > 0) return;
  entry.packed.dispose();
  entries.delete(dataId);
}
