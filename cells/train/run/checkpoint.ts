/**
 * One file from which a training goes on exactly: weights, both moments, step, place in the data. One file, because it is
 * replaced atomically, and two would not be replaced together. Draws are named by seed and step, so no generator's state is
 * in it. It carries its recipe, so that it is never continued with another.
 */
import * as tf from "@tensorflow/tfjs";
import type { Matrix } from "../../device/matrix.ts";
import { openSafetensorsBytes, type SafetensorsFile } from "../../model/safetensors.ts";
import { writeSafetensors } from "../../model/write-safetensors.ts";
import type { Optimizer } from "../step/optimizer.ts";

/** Whatever decides how a training goes on, but for the values of its knobs. */
export type Recipe = Readonly<Record<string, unknown>>;

export type Trained = {
  readonly recipe: Recipe | Promise<Recipe>;
  readonly parameters: Map<string, tf.Tensor>;
  readonly optimizer: Optimizer;
};

/** `progress` is what else a training needs to know of where it stands. */
export type SavedState<P> = {
  readonly recipe: Recipe;
  /** Updates done. */
  readonly step: number;
  readonly progress: P;
  /** Parameters go by their names, moments by `m.<name>` and `v.<name>`. */
  readonly names: readonly string[];
  read(name: string): Promise<Matrix>;
};

/** Every tensor's reading begins before this returns, so they may be replaced or freed right after the call. */
export async function saveState<P>({ recipe, parameters, optimizer }: Trained, progress: P): Promise<Uint8Array> {
  const state = JSON.stringify({ step: optimizer.step, progress });
  const read = [...parameters, ...optimizer.moments()].map(async ([name, tensor]): Promise<[string, Matrix]> => {
    return [name, { shape: tensor.shape, values: await tensor.data<"float32">() }];
  });
  const tensors = new Map(await Promise.all(read));
  return writeSafetensors(tensors, { format: "pt", recipe: JSON.stringify(await recipe), progress: state });
}

/** @throws if the bytes are no state of a training. */
export async function openState<P>(bytes: Uint8Array, where: string): Promise<SavedState<P>> {
  return stateIn(await openSafetensorsBytes(bytes, where), where);
}

/** The same out of a file that is read tensor by tensor. */
export function stateIn<P>({ names, metadata, read }: SafetensorsFile, where: string): SavedState<P> {
  if (!metadata.recipe || !metadata.progress) throw new Error(`${where} is not the state of a training.`);
  const { step, progress } = JSON.parse(metadata.progress) as { step: number; progress: P };
  return { recipe: JSON.parse(metadata.recipe) as Recipe, step, progress, names, read };
}

/** Brings a training to a saved state. @throws naming what differs, if it is of another recipe; nothing has changed then. */
export async function restoreState<P>(
  { recipe, parameters, optimizer }: Trained,
  state: SavedState<P>,
  where: string,
): Promise<void> {
  const differing = differences(state.recipe, await recipe);
  if (differing.length > 0) throw new Error(`${where} is a checkpoint of another recipe: ${differing.join("; ")}.`);
  for (const name of parameters.keys()) replaceTensor(parameters, name, await state.read(name));
  await optimizer.restore(state.step, state.read);
}

export function replaceTensor(tensors: Map<string, tf.Tensor>, name: string, { values, shape }: Matrix): void {
  tensors.get(name)?.dispose();
  tensors.set(name, tf.tensor(values, [...shape]));
}

function differences(theirs: Recipe, ours: Recipe): string[] {
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].flatMap((key) => {
    const [there, here] = [theirs[key], ours[key]].map((value) => JSON.stringify(value) ?? "not set");
    return there === here ? [] : [`${key} is ${there} there and ${here} here`];
  });
}
