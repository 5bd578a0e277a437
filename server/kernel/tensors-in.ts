/** The tensors that a value holds, however deep: in lists, records, maps, sets and the properties of objects. */
import * as tf from "@tensorflow/tfjs";

export function tensorsIn(value: unknown): tf.Tensor[] {
  const found: tf.Tensor[] = [];
  const seen = new Set<object>();
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof tf.Tensor) found.push(next);
    else if (next instanceof Map) pending.push(...next.keys(), ...next.values());
    else if (next instanceof Set) pending.push(...next);
    else {
      // Getters are not called: what they would compute is not held.
      for (const { value: held } of Object.values(Object.getOwnPropertyDescriptors(next))) pending.push(held);
    }
  }
  return found;
}
