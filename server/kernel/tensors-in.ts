/** The tensors that a value holds, however deep: in lists, records, maps, sets and what objects have as properties. */
import * as tf from "@tensorflow/tfjs";

export function tensorsIn(value: unknown): tf.Tensor[] {
  const found: tf.Tensor[] = [];
  const seen = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== "object" || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof tf.Tensor) found.push(next);
    else if (next instanceof Map) open.push(...next.keys(), ...next.values());
    else if (next instanceof Set) open.push(...next);
    else {
      // What a getter would compute is not held.
      for (const { value: held } of Object.values(Object.getOwnPropertyDescriptors(next))) open.push(held);
    }
  }
  return found;
}
