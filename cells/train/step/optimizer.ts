/**
 * AdamW (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101) over a map of tensors, whose entries it replaces, with
 * clipping of the global norm as PyTorch clips. Its moments can be copied out and put back, so that a training resumes
 * exactly.
 */
import * as tf from "@tensorflow/tfjs";
import { adamw, sumOfSquares } from "../../device/functions.ts";
import type { Matrix } from "../../device/matrix.ts";
import { firstNonFinite } from "./finite.ts";

export type AdamWConfig = {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  /** Decay of matrices; vectors (norms) never decay. */
  readonly weightDecay: number;
  /** Longest global gradient norm that is let through. */
  readonly clip: number;
};

export interface Optimizer {
  /** Updates done so far. */
  readonly step: number;
  /**
   * Replaces every tensor in the map and disposes the old ones and the gradients.
   * @returns the gradients' global norm before clipping
   * @throws naming the parameter, if a gradient is not finite; nothing is replaced then.
   */
  update(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): Promise<number>;
  /** Both moments by name, `m.<name>` and `v.<name>`: the optimizer's own tensors, until the next update. */
  moments(): Map<string, tf.Tensor>;
  /** Replaces the moments by those that `read` gives for their names. */
  restore(step: number, read: (name: string) => Promise<Matrix>): Promise<void>;
  dispose(): void;
}

/** @param parameters float tensors by name; the map is changed by `update` */
export function optimizer(parameters: Map<string, tf.Tensor>, config: AdamWConfig): Optimizer {
  const zeros = (): Map<string, tf.Tensor> =>
    new Map([...parameters].map(([name, { shape }]) => [name, tf.zeros(shape)]));
  const [m, v] = [zeros(), zeros()];
  let step = 0;
  const replace = (map: Map<string, tf.Tensor>, name: string, next: tf.Tensor): void => {
    map.get(name)?.dispose();
    map.set(name, next);
  };
  const apply = (gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number, gradScale: number): void => {
    step += 1;
    for (const [name, gradient] of gradients) {
      const parameter = parameters.get(name)!;
      const weightDecay = parameter.rank >= 2 ? config.weightDecay : 0;
      const { beta1, beta2, eps } = config;
      const settings = { learningRate, beta1, beta2, eps, weightDecay, step, gradScale };
      const [next, nextM, nextV] = adamw(parameter, gradient, m.get(name)!, v.get(name)!, settings);
      replace(parameters, name, next!);
      replace(m, name, nextM!);
      replace(v, name, nextV!);
      gradient.dispose();
    }
  };
  return {
    get step() {
      return step;
    },
    async update(gradients, learningRate) {
      const squares = tf.tidy(() => sumOfSquares([...gradients.values()]));
      const norm = Math.sqrt((await squares.data())[0]!);
      squares.dispose();
      try {
        if (!Number.isFinite(norm)) throw await notFinite(gradients, norm);
        apply(gradients, learningRate, Math.min(1, config.clip / (norm + 1e-6)));
      } finally {
        tf.dispose([...gradients.values()]);
      }
      return norm;
    },
    moments() {
      const of = (prefix: string, map: Map<string, tf.Tensor>): [string, tf.Tensor][] =>
        [...map].map(([name, tensor]) => [`${prefix}.${name}`, tensor]);
      return new Map([...of("m", m), ...of("v", v)]);
    },
    async restore(restoredStep, read) {
      for (const [prefix, map] of [
        ["m", m],
        ["v", v],
      ] as const) {
        for (const name of parameters.keys()) {
          const { values, shape } = await read(`${prefix}.${name}`);
          replace(map, name, tf.tensor(values, [...shape]));
        }
      }
      step = restoredStep;
    },
    dispose() {
      tf.dispose([...m.values(), ...v.values()]);
    },
  };
}

/** A gradient goes from the last parameter to the first, so the last one with such values is where they begin. */
async function notFinite(gradients: ReadonlyMap<string, tf.Tensor>, norm: number): Promise<Error> {
  const name = await firstNonFinite([...gradients].reverse());
  const what = name
    ? `the gradient of "${name}" is not finite`
    : `the gradients are so large that their norm is ${norm}`;
  return new Error(`${what}. Try a lower learning rate`);
}
