/**
 * AdamW (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101) on a map of tensors, whose entries it replaces. The
 * global gradient norm is clipped as in PyTorch. The moments can be saved and restored, so that a training resumes
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
  /** Decoupled weight decay of matrices. Vectors (norms) do not decay. */
  readonly weightDecay: number;
  /** Maximum global gradient norm; 0 for none. */
  readonly clip: number;
};

export interface Optimizer {
  /** The number of updates done. */
  readonly step: number;
  /**
   * Replaces every tensor in the map; disposes the old tensors and the gradients.
   * @returns the global gradient norm before clipping
   * @throws naming the parameter, if a gradient is not finite; then no tensor is replaced
   */
  update(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): Promise<number>;
  /**
   * Both moments by name, `m.<name>` and `v.<name>`. The tensors belong to the optimizer and are valid until the next
   * update.
   */
  moments(): Map<string, tf.Tensor>;
  /** Replaces the moments by what `read` returns for their names. */
  restore(step: number, read: (name: string) => Promise<Matrix>): Promise<void>;
  dispose(): void;
}

/** @param parameters float tensors by name; `update` replaces the map's entries */
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
        if (!Number.isFinite(norm)) throw await gradientError(gradients, norm);
        const { clip } = config;
        apply(gradients, learningRate, clip === 0 ? 1 : Math.min(1, clip / (norm + 1e-6)));
      } finally {
        tf.dispose([...gradients.values()]);
      }
      return norm;
    },
    moments() {
      const prefixed = (prefix: string, map: Map<string, tf.Tensor>): [string, tf.Tensor][] =>
        [...map].map(([name, tensor]) => [`${prefix}.${name}`, tensor]);
      return new Map([...prefixed("m", m), ...prefixed("v", v)]);
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

/**
 * The backward pass goes from the last parameter to the first, so the last gradient that is not finite is the origin.
 */
async function gradientError(gradients: ReadonlyMap<string, tf.Tensor>, norm: number): Promise<Error> {
  const name = await firstNonFinite([...gradients].reverse());
  const problem = name
    ? `the gradient of "${name}" is not finite`
    : `the gradients are too large; their norm is ${norm}`;
  return new Error(`${problem}. Try a lower learning rate.`);
}
