/**
 * Weights in 16 bits in the memory of the wasm backend, in panels of eight rows (see `kernels/narrow.ts`). Products, lookups and
 * cross-entropy read them directly. For every other kernel such an input is widened to a temporary float32 tensor.
 */
import type * as tf from "@tensorflow/tfjs";
import { halfOf } from "../narrow.ts";
import { blockFloats, type WasmMemory } from "./memory.ts";

/** Floats of temporary memory that a product with a 16-bit weight needs: 256 × 256, and a block of eight by eight. */
export const narrowScratch = 256 * 256 + blockFloats;

/** The form of a weight `[rows, width]` in 16 bits; undefined for one in float32. */
export function narrowWeight(
  memory: WasmMemory,
  w: tf.TensorInfo,
): { readonly at: number; readonly half: 0 | 1 } | undefined {
  const narrow = memory.narrow(w);
  return narrow && { at: memory.at(w), half: halfOf(narrow) };
}

type Inputs = tf.NamedTensorInfoMap | tf.TensorInfo[];

/** Calls `use` with 16-bit inputs replaced by float32 copies, which are freed afterwards. @param except the names of inputs that stay */
export function withWide<I extends Inputs, T>(
  memory: WasmMemory,
  inputs: I,
  use: (wide: I) => T,
  except: readonly string[] = [],
): T {
  let wide: Inputs | undefined;
  const copies: tf.TensorInfo[] = [];
  for (const [name, tensor] of Object.entries(inputs)) {
    const narrow = tensor && !except.includes(name) ? memory.narrow(tensor) : undefined;
    if (!narrow) continue;
    const copy = memory.widened(tensor!, narrow);
    copies.push(copy);
    wide ??= Array.isArray(inputs) ? [...inputs] : { ...inputs };
    (wide as tf.NamedTensorInfoMap)[name] = copy;
  }
  try {
    return use((wide as I | undefined) ?? inputs);
  } finally {
    for (const copy of copies) memory.free(copy);
  }
}
