/**
 * A training that begins where another one stands, though its adapter may have another rank, other maps or another scale. Padded
 * to a higher rank, the model says exactly what it said: the new rows of A are fresh, the new columns of B zero, and B makes up for a
 * changed scale α/r. Truncated, it keeps the components of the largest ‖bᵢ‖·‖aᵢ‖ and loses the others' part of the map (that
 * is not the best approximation of its rank, but its parts and their moments stay what they were).
 *
 * With B' = c·B a gradient is 1/c as large, so are B's first moments, and the second ones 1/c². What is new has moments of zero.
 */
import type { Matrix } from "../../device/matrix.ts";
import type { Adapter } from "../../model/adapter.ts";
import { type LoraConfig, loraScale } from "../../model/lora.ts";
import type { Optimizer } from "../step/optimizer.ts";
import { replaceTensor, type SavedState } from "./checkpoint.ts";

/** A parameter and its two moments. */
export type Trained = { readonly value: Matrix; readonly first: Matrix; readonly second: Matrix };
/** The factors of one linear map: A `[rank, in]`, B `[out, rank]`. */
export type TrainedPair = { readonly a: Trained; readonly b: Trained };

/** Brings a pair to the rank and scale of another config. @param fresh the A that a new adapter would begin with, `[rank, in]` */
export function resizedPair({ a, b }: TrainedPair, from: LoraConfig, to: LoraConfig, fresh: Matrix): TrainedPair {
  const factor = loraScale(from) / loraScale(to);
  const kept = keptComponents(a.value, b.value, to.rank);
  const rows = (matrix: Matrix, added?: Matrix): Matrix => {
    const width = matrix.shape[1]!;
    const values = added ? added.values.slice() : new Float32Array(to.rank * width);
    for (const [row, component] of kept.entries()) {
      values.set(matrix.values.subarray(component * width, (component + 1) * width), row * width);
    }
    return { shape: [to.rank, width], values };
  };
  const columns = (matrix: Matrix, scale: number): Matrix => {
    const [outputs, rank] = matrix.shape as [number, number];
    const values = new Float32Array(outputs * to.rank);
    for (let row = 0; row < outputs; row += 1) {
      for (const [column, component] of kept.entries()) {
        values[row * to.rank + column] = scale * matrix.values[row * rank + component]!;
      }
    }
    return { shape: [outputs, to.rank], values };
  };
  return {
    a: { value: rows(a.value, fresh), first: rows(a.first), second: rows(a.second) },
    b: {
      value: columns(b.value, factor),
      first: columns(b.first, 1 / factor),
      second: columns(b.second, 1 / factor ** 2),
    },
  };
}

/** The components that stay, in their order: all, or those with the largest ‖bᵢ‖·‖aᵢ‖. */
function keptComponents(a: Matrix, b: Matrix, most: number): number[] {
  const [rank, inputs] = a.shape as [number, number];
  const all = Array.from({ length: rank }, (_, component) => component);
  if (rank <= most) return all;
  const sizes = all.map((component) => {
    let [ofA, ofB] = [0, 0];
    for (let i = 0; i < inputs; i += 1) ofA += a.values[component * inputs + i]! ** 2;
    for (let row = 0; row < b.shape[0]!; row += 1) ofB += b.values[row * rank + component]! ** 2;
    return ofA * ofB;
  });
  const largest = all.toSorted((i, j) => sizes[j]! - sizes[i]! || i - j).slice(0, most);
  return largest.toSorted((i, j) => i - j);
}

/** Puts what a saved training has learnt in the place of a fresh adapter. @throws if it is of another model or trains what no LoRA has. */
export async function adoptState(
  saved: SavedState<unknown>,
  { digest, adapter, optimizer }: { digest: string; adapter: Adapter; optimizer: Optimizer },
): Promise<void> {
  if (saved.recipe.digest !== digest) {
    throw new Error("The run to begin from is of another model; an adapter fits only the base that it was trained on.");
  }
  const from = saved.recipe.adapter as LoraConfig | "full";
  if ((from === "full") !== (adapter.config === "full")) {
    const [theirs, ours] = [from, adapter.config].map((config) => (config === "full" ? "all weights" : "a LoRA"));
    throw new Error(`The run to begin from trains ${theirs}, this one ${ours}; neither can be made into the other.`);
  }
  const known = new Set(saved.names);
  const shapes = new Map([...adapter.tensors].map(([name, { shape }]) => [name, shape]));
  const trained = async (name: string): Promise<Trained> => ({
    value: await saved.read(name),
    first: await saved.read(`m.${name}`),
    second: await saved.read(`v.${name}`),
  });
  const taken = new Map<string, Trained>();
  for (const [name, shape] of shapes) {
    // Factors come in pairs; B is taken with its A.
    if (!known.has(name) || name.endsWith(".lora_B.weight")) continue;
    const other = name.replace(/\.lora_A\.weight$/, ".lora_B.weight");
    if (other === name || from === "full" || adapter.config === "full") {
      const own = await trained(name);
      if (own.value.shape.join() === shape.join()) taken.set(name, own);
      continue;
    }
    const fresh = { shape, values: await adapter.tensors.get(name)!.data<"float32">() };
    const pair = resizedPair({ a: await trained(name), b: await trained(other) }, from, adapter.config, fresh);
    taken.set(name, pair.a).set(other, pair.b);
  }
  for (const [name, { value }] of taken) replaceTensor(adapter.tensors, name, value);
  await optimizer.restore(saved.step, async (name) => {
    const [, moment, of] = /^([mv])\.(.*)$/.exec(name)!;
    const own = taken.get(of!);
    if (own) return moment === "m" ? own.first : own.second;
    const shape = shapes.get(of!)!;
    return { shape, values: new Float32Array(shape.reduce((product, n) => product * n, 1)) };
  });
}
