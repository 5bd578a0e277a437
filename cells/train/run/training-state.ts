/**
 * The state of a training in one safetensors file: parameters, AdamW's moments, step, and position in the data. It is
 * one file because one file can be replaced atomically and two cannot. Random draws depend only on seed and step, so no
 * generator's state is needed. The file contains the training's recipe, so that it is never continued with other
 * settings.
 */
import * as tf from "@tensorflow/tfjs";
import type { Matrix } from "../../device/matrix.ts";
import { openSafetensorsBytes, type SafetensorsFile, writeSafetensors } from "../../model/safetensors.ts";
import type { Optimizer } from "../step/optimizer.ts";

/** Everything that decides how a training continues, except the values of its knobs. */
export type Recipe = Readonly<Record<string, unknown>>;

/** What a training trains, and the access to its own progress `P`, such as its position in the data. */
export type Resumable<P> = {
  readonly recipe: Recipe | Promise<Recipe>;
  readonly parameters: Map<string, tf.Tensor>;
  readonly optimizer: Optimizer;
  progress(): P;
  setProgress(progress: P): void;
};

export type SavedState<P> = {
  readonly recipe: Recipe;
  /** The number of updates done. */
  readonly step: number;
  readonly progress: P;
  /** Parameters have their own names; their moments are `m.<name>` and `v.<name>`. */
  readonly names: readonly string[];
  read(name: string): Promise<Matrix>;
};

/**
 * The file of the present state. Reading every tensor begins before this returns, so they may be replaced or freed
 * right after the call.
 */
export async function saveState<P>({ recipe, parameters, optimizer, progress }: Resumable<P>): Promise<Uint8Array> {
  const state = JSON.stringify({ step: optimizer.step, progress: progress() });
  const read = [...parameters, ...optimizer.moments()].map(async ([name, tensor]): Promise<[string, Matrix]> => {
    return [name, { shape: tensor.shape, values: await tensor.data<"float32">() }];
  });
  const tensors = new Map(await Promise.all(read));
  return writeSafetensors(tensors, { format: "pt", recipe: JSON.stringify(await recipe), progress: state });
}

/** @param where names the state in messages. @throws if the bytes are not the state of a training */
export async function openState<P>(bytes: Uint8Array, where: string): Promise<SavedState<P>> {
  return stateIn(await openSafetensorsBytes(bytes, where), where);
}

/** As `openState`, from a file that is read tensor by tensor. */
export function stateIn<P>({ names, metadata, read }: SafetensorsFile, where: string): SavedState<P> {
  if (!metadata.recipe || !metadata.progress) throw new Error(`${where} is not the state of a training.`);
  const { step, progress } = JSON.parse(metadata.progress) as { step: number; progress: P };
  return { recipe: JSON.parse(metadata.recipe) as Recipe, step, progress, names, read };
}

/** Restores a saved state. @throws naming the settings that differ, before anything is changed */
export async function restoreState<P>(training: Resumable<P>, state: SavedState<P>, where: string): Promise<void> {
  const { recipe, parameters, optimizer } = training;
  const differing = differences(state.recipe, await recipe);
  if (differing.length > 0) throw new Error(`${where} was saved with other settings: ${differing.join("; ")}.`);
  for (const name of parameters.keys()) replaceTensor(parameters, name, await state.read(name));
  await optimizer.restore(state.step, state.read);
  training.setProgress(state.progress);
}

/** The two functions that the loop needs of a training. */
export function savingAndRestoring<P>(training: Resumable<P>): {
  readonly save: () => Promise<Uint8Array>;
  readonly restore: (bytes: Uint8Array) => Promise<void>;
} {
  return {
    save: () => saveState(training),
    async restore(bytes) {
      const where = "The saved state";
      await restoreState(training, await openState<P>(bytes, where), where);
    },
  };
}

export function replaceTensor(tensors: Map<string, tf.Tensor>, name: string, { values, shape }: Matrix): void {
  tensors.get(name)?.dispose();
  tensors.set(name, tf.tensor(values, [...shape]));
}

function differences(saved: Recipe, current: Recipe): string[] {
  return [...new Set([...Object.keys(saved), ...Object.keys(current)])].flatMap((key) => {
    const [before, now] = [saved[key], current[key]].map((value) => JSON.stringify(value) ?? "not set");
    return before === now ? [] : [`${key} is ${before} in the saved state and ${now} in this training`];
  });
}
