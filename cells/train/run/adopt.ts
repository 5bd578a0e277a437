/**
 * Starts a training from the state of another one, even if its adapter has another rank, other target modules or
 * another scale α/r.
 *
 * A higher rank leaves the model's output unchanged: the new rows of A are fresh, the new columns of B are zero, and B
 * is multiplied by the ratio c of the scales. A lower rank keeps the components with the largest ‖bᵢ‖·‖aᵢ‖ and drops
 * the others. That is not the best approximation of lower rank, but the remaining components and their moments keep
 * their values.
 *
 * With B' = c·B the gradient is 1/c as large, so B's first moments are multiplied by 1/c and its second moments by
 * 1/c². The moments of new entries are zero.
 */
import type { Matrix } from "../../device/matrix.ts";
import type { Adapter } from "../../model/adapter.ts";
import { configAt, type LoraConfig, loraScale } from "../../model/lora.ts";
import type { Optimizer } from "../step/optimizer.ts";
import { replaceTensor, type SavedState } from "./training-state.ts";

/** A parameter and its two moments. */
export type ParameterState = { readonly value: Matrix; readonly first: Matrix; readonly second: Matrix };
/** The factors of one linear layer: A `[rank, in]`, B `[out, rank]`. */
export type FactorPair = { readonly a: ParameterState; readonly b: ParameterState };

/** Brings a pair to the rank and the scale of another config. @param fresh the A of a new adapter, `[rank, in]` */
export function resizedPair({ a, b }: FactorPair, from: LoraConfig, to: LoraConfig, fresh: Matrix): FactorPair {
  const factor = loraScale(from) / loraScale(to);
  const components = remainingComponents(a.value, b.value, to.rank);
  const rows = (matrix: Matrix, initial?: Matrix): Matrix => {
    const width = matrix.shape[1]!;
    const values = initial ? initial.values.slice() : new Float32Array(to.rank * width);
    for (const [row, component] of components.entries()) {
      values.set(matrix.values.subarray(component * width, (component + 1) * width), row * width);
    }
    return { shape: [to.rank, width], values };
  };
  const columns = (matrix: Matrix, scale: number): Matrix => {
    const [outputs, rank] = matrix.shape as [number, number];
    const values = new Float32Array(outputs * to.rank);
    for (let row = 0; row < outputs; row += 1) {
      for (const [column, component] of components.entries()) {
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
      second: columns(b.second, 1 / (factor * factor)),
    },
  };
}

const square = (x: number): number => x * x;

/** At most `count` components in ascending order: all, or those with the largest ‖bᵢ‖·‖aᵢ‖. */
function remainingComponents(a: Matrix, b: Matrix, count: number): number[] {
  const [rank, inputs] = a.shape as [number, number];
  const all = Array.from({ length: rank }, (_, component) => component);
  if (rank <= count) return all;
  const squaredNorms = all.map((component) => {
    let [normA, normB] = [0, 0];
    for (let i = 0; i < inputs; i += 1) normA += square(a.values[component * inputs + i]!);
    for (let row = 0; row < b.shape[0]!; row += 1) normB += square(b.values[row * rank + component]!);
    return normA * normB;
  });
  const largest = all.toSorted((i, j) => squaredNorms[j]! - squaredNorms[i]! || i - j).slice(0, count);
  return largest.toSorted((i, j) => i - j);
}

type Adopter = {
  /** Of the base. */
  readonly digest: string;
  readonly adapter: Adapter;
  readonly optimizer: Optimizer;
  readonly moments: "saved" | "fresh";
};

/**
 * Replaces a fresh adapter and its moments by those of a saved training.
 * @throws if the saved training is of another base model, or one of the two is a LoRA and the other trains all weights
 */
export async function adoptState(
  saved: SavedState<unknown>,
  { digest, adapter, optimizer, moments }: Adopter,
): Promise<void> {
  if (saved.recipe.digest !== digest) {
    throw new Error("The run in `from` was trained on another base model. An adapter fits only its own base.");
  }
  const from = saved.recipe.adapter as LoraConfig | "full";
  if ((from === "full") !== (adapter.config === "full")) {
    const [before, now] = [from, adapter.config].map((config) => (config === "full" ? "all weights" : "a LoRA"));
    throw new Error(
      `The run in \`from\` trains ${before}, but this one trains ${now}. Neither can be converted to the other.`,
    );
  }
  const names = new Set(saved.names);
  const shapes = new Map([...adapter.tensors].map(([name, { shape }]) => [name, shape]));
  const read = async (name: string): Promise<ParameterState> => ({
    value: await saved.read(name),
    first: await saved.read(`m.${name}`),
    second: await saved.read(`v.${name}`),
  });
  const adopted = new Map<string, ParameterState>();
  for (const [name, shape] of shapes) {
    // Factors come in pairs; B is read together with its A.
    if (!names.has(name) || name.endsWith(".lora_B.weight")) continue;
    const nameOfB = name.replace(/\.lora_A\.weight$/, ".lora_B.weight");
    if (nameOfB === name || from === "full" || adapter.config === "full") {
      const parameter = await read(name);
      if (parameter.value.shape.join() === shape.join()) adopted.set(name, parameter);
      continue;
    }
    const fresh = { shape, values: await adapter.tensors.get(name)!.data<"float32">() };
    const path = name.replace(/^base_model\.model\./, "").replace(/\.lora_A\.weight$/, "");
    const configs = [configAt(from, path), configAt(adapter.config, path)] as const;
    const pair = resizedPair({ a: await read(name), b: await read(nameOfB) }, ...configs, fresh);
    adopted.set(name, pair.a).set(nameOfB, pair.b);
  }
  for (const [name, { value }] of adopted) replaceTensor(adapter.tensors, name, value);
  if (moments === "fresh") return;
  await optimizer.restore(saved.step, async (momentName) => {
    const [, moment, name] = /^([mv])\.(.*)$/.exec(momentName)!;
    const parameter = adopted.get(name!);
    if (parameter) return moment === "m" ? parameter.first : parameter.second;
    const shape = shapes.get(name!)!;
    return { shape, values: new Float32Array(shape.reduce((product, n) => product * n, 1)) };
  });
}
